/** Text on the page: one place for sizes, families and for what is too long. */

import type { Context } from './canvas.js';
import { ink } from './colours.js';
import { printable } from './glyphs.js';

export interface TextStyle {
  /** pt. */
  readonly size: number;
  readonly colour?: string;
  readonly isBold?: boolean;
  readonly isMono?: boolean;
  readonly align?: 'left' | 'center' | 'right';
  /** pt; longer text ends in `…`. */
  readonly maxWidth?: number;
  /** Where `…` stands in text that is too long: at the end, unless told. */
  readonly cut?: 'end' | 'middle';
}

/** Writes `text` with its baseline at `y`; returns its width, pt. */
export function write(context: Context, text: string, x: number, y: number, style: TextStyle): number {
  setFont(context, style);
  const shown = shorten(context, printable(text), style);
  context.fillStyle = style.colour ?? ink;
  context.textAlign = style.align ?? 'left';
  context.textBaseline = 'alphabetic';
  context.fillText(shown, x, y);
  return context.measureText(shown).width;
}

/** Width of `text` in pt. */
export function widthOf(context: Context, text: string, style: TextStyle): number {
  setFont(context, style);
  return context.measureText(printable(text)).width;
}

/** `text` broken into lines of at most `style.maxWidth`, at spaces where there are some; the last of `maxLines` ends in `…` when there is more. */
export function breakLines(context: Context, text: string, style: TextStyle, maxLines: number): string[] {
  setFont(context, style);
  const maxWidth = style.maxWidth ?? Number.POSITIVE_INFINITY;
  const lines: string[] = [];
  let rest = printable(text);
  while (rest !== '' && lines.length < maxLines - 1) {
    const fitting = fittingLength(context, rest, maxWidth);
    if (fitting >= rest.length) break;
    const space = rest.lastIndexOf(' ', fitting);
    const end = space > fitting / 2 ? space : fitting;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return rest === '' ? lines : [...lines, shorten(context, rest, style)];
}

function setFont(context: Context, { size, isBold, isMono }: TextStyle): void {
  context.font = `${isBold ? 600 : 400} ${size}px "${isMono ? 'IBM Plex Mono' : 'IBM Plex Sans'}"`;
}

function shorten(context: Context, text: string, { maxWidth, cut }: TextStyle): string {
  if (maxWidth === undefined || context.measureText(text).width <= maxWidth) return text;
  const room = maxWidth - context.measureText('…').width;
  if (cut !== 'middle') return `${text.slice(0, fittingLength(context, text, room)).trimEnd()}…`;
  const reversed = [...text].reverse().join('');
  const tail = reversed.slice(0, fittingLength(context, reversed, room / 2));
  return `${text.slice(0, fittingLength(context, text, room / 2))}…${[...tail].reverse().join('')}`;
}

/** Most characters of `text` that fit into `maxWidth`, at least one; never half a surrogate pair. */
function fittingLength(context: Context, text: string, maxWidth: number): number {
  let low = 1;
  let high = text.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (context.measureText(text.slice(0, middle)).width <= maxWidth) low = middle;
    else high = middle - 1;
  }
  const isPair = /[\uD800-\uDBFF]/.test(text.charAt(low - 1)) && low < text.length;
  return isPair ? low - 1 || 2 : low;
}
