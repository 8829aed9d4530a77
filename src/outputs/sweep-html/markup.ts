/** HTML as text: what is put into a template is escaped, unless it is markup itself. */

import { escapeText } from '../../escape-text.js';

/** Text that is markup already. */
export interface Markup {
  readonly markup: string;
}

type Part = Markup | string | number | null | readonly Markup[];

/** A template whose values become text: names from logs can neither open a tag nor reorder what is read. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const texts = strings.map((string, index) => string + (index < parts.length ? textOf(parts[index]) : ''));
  return { markup: texts.join('') };
}

function textOf(part: Part | undefined): string {
  if (part === null || part === undefined) return '';
  if (typeof part !== 'object')
    return escapeText(String(part)).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('');
}
