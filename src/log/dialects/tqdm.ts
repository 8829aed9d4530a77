import type { Pair } from './figures.js';

/** One progress bar as tqdm draws it, `Epoch 3:  50%|█████     | 5/10 [00:01<00:01, 4.90it/s, loss=0.5]`. */
export interface TqdmBar {
  /** The text before the bar, back to the bar before it; its end is the description (`Epoch 3`). */
  readonly before: string;
  readonly step: number;
  /** null: the length is not known. */
  readonly total: number | null;
  /** Drawn without a bar, `5it [00:01, …]`, as tqdm's own format does where the length is not known. */
  readonly isBare: boolean;
  readonly postfix: readonly Pair[];
}

export interface TqdmTexts {
  readonly bars: readonly TqdmBar[];
  /** What stands behind the last bar (another stream's line, glued to the unfinished one). */
  readonly rest: string;
}

/**
 * The bars of one text, in order. A bar is only taken whole, with its closing bracket: a record that was cut, or trimmed
 * to a narrow terminal, has no figures that can be trusted.
 */
export function parseTqdm(text: string): TqdmTexts {
  const bars: TqdmBar[] = [];
  let end = 0;
  if (mayHoldBar(text)) {
    for (const match of text.matchAll(barPattern)) {
      const [whole, step, total, soFar, postfix] = match;
      bars.push({
        before: text.slice(end, match.index).trimEnd(),
        step: Number(step ?? soFar),
        total: total === undefined || total === '?' ? null : Number(total),
        isBare: soFar !== undefined,
        postfix: splitPairs(postfix ?? ''),
      });
      end = match.index + whole.length;
    }
  }
  return { bars, rest: text.slice(end) };
}

/** Whether ` [` and a digit stand behind a step somewhere, as in every bar: few other lines have that. */
function mayHoldBar(text: string): boolean {
  for (let at = text.indexOf(' ['); at >= 0; at = text.indexOf(' [', at + 2)) {
    if (!isDigit(text, at + 2)) continue;
    if (text.startsWith('it', at - 2) && isDigit(text, at - 3)) return true;
    let total = at - 1;
    if (text[total] === '?') total -= 1;
    else while (isDigit(text, total)) total -= 1;
    if (text[total] === '/') return true;
  }
  return false;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

// `50%|█████     | 5/10 [`, with a terminal 0 columns wide ` 50% 5/10 [`, of unknown length `|          | 5/? [` or `5it [`.
const barPattern =
  /(?:(?:(?<!\d)\d+%)?(?:\|[^|[\]]{0,400}\|)? *(?<![\d.])(\d+)\/(\d+|\?)|(?<![\d.])(\d+)it) \[\d[\d:]*(?:<[^\],]*)?, *(?:\?|\d[\d.]*(?:e[-+]?\d+)?) ?[^\],=]*?(?:, ([^\]]{0,4000}))?\]/g;

/** `a=1, b=2` → pairs; a part without a name belongs to nothing and is left out. */
function splitPairs(text: string): Pair[] {
  const pairs: Pair[] = [];
  for (const part of text.split(', ')) {
    const at = part.indexOf('=');
    if (at > 0) pairs.push([part.slice(0, at).trim(), part.slice(at + 1).trim()]);
  }
  return pairs;
}
