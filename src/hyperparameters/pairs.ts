import type { Hyperparameter } from '../experiment.js';
import type { PairsPattern } from './pattern.js';

/** Words that make the name of a setting longer instead of ending the name of a model: `base_lr` is one name. */
const qualifiers = new Set(
  'base max min init initial start end final peak warmup weight encoder decoder head backbone train val test eval num n total global local micro mini per'.split(
    ' ',
  ),
);

/**
 * The settings in a name of the form that the pattern shows, in order; undefined where it is not of that form.
 * `known` holds names of settings, and decides where `bert_tiny_np=2` ends the model's name and begins a setting's.
 */
export function parsePairsName(
  name: string,
  pattern: PairsPattern,
  known: ReadonlySet<string>,
): Hyperparameter[] | undefined {
  const fields = cutFields(name, pattern);
  const read = hasMarkedKeys(pattern) ? readMarked : readUnmarked;
  const settings = read(fields, pattern, known).filter(({ name }) => /^[+~]{0,2}[\p{L}_]/u.test(name));
  return isConvincing(settings, pattern, known) ? mergeSameNames(settings) : undefined;
}

/** `=` and the like tell a key wherever it stands; `_`, `-` or nothing may as well be part of a word. */
function hasMarkedKeys({ assign }: PairsPattern): boolean {
  return /[^_\-.]/.test(assign);
}

/** Cuts at the field separator, but not in brackets, before a bare number (`1e-05`, `2024-01-02`) or at a minus sign. */
function cutFields(name: string, { assign, list, field }: PairsPattern): string[] {
  const fields: string[] = [];
  let depth = 0;
  let begin = 0;
  for (let i = 0; i < name.length; i++) {
    if ('[({'.includes(name.charAt(i))) depth++;
    if ('])}'.includes(name.charAt(i)) && depth > 0) depth--;
    if (depth > 0 || i === begin || !name.startsWith(field, i)) continue;
    const before = name.slice(begin, i);
    const isSign =
      field === '-' && [assign, list ?? ''].some((separator) => separator !== '' && before.endsWith(separator));
    const next = name.slice(i + field.length);
    if (isSign || (/^\d+(\.\d+)?([eE][-+]?\d+)?(?![A-Za-z\d.])/.test(next) && assign !== '')) continue;
    fields.push(before);
    begin = i + field.length;
    i = begin - 1;
  }
  fields.push(name.slice(begin));
  return fields.filter((text) => text !== '');
}

function readMarked(fields: readonly string[], pattern: PairsPattern, known: ReadonlySet<string>): Hyperparameter[] {
  const settings: Hyperparameter[] = [];
  const mayJoinKeys = pattern.field === '_';
  let words: string[] = [];
  for (const [i, text] of fields.entries()) {
    const at = text.indexOf(pattern.assign);
    if (at < 0) {
      if (mayJoinKeys) words.push(text);
      else settings.push({ name: text, values: [] });
      continue;
    }
    const whole = [...words, text.slice(0, at)].join('_');
    words = [];
    const { lead, key } = i === 0 || mayJoinKeys ? cutLead(whole, known) : { lead: '', key: whole };
    if (lead !== '') extendLast(settings, lead);
    settings.push({ name: key, values: cutValues(text.slice(at + pattern.assign.length), pattern) });
  }
  if (words.length > 0) extendLast(settings, words.join('_'));
  return settings;
}

/** `bert_tiny_np` → `bert_tiny` and `np` where `np` is known; a name that is known as a whole, or qualified, stays whole. */
function cutLead(text: string, known: ReadonlySet<string>): { lead: string; key: string } {
  const words = text.split('_');
  for (let i = 0; i < words.length; i++) {
    const key = words.slice(i).join('_');
    if (known.has(key) && !qualifiers.has(words[i - 1] ?? '')) return { lead: words.slice(0, i).join('_'), key };
  }
  return { lead: '', key: text };
}

/** Where `_` separates settings, `model=bert_tiny_lr=0.1`: the word before a known key belongs to the value before it. */
function extendLast(settings: Hyperparameter[], words: string): void {
  const last = settings.pop();
  if (last === undefined) return;
  const values = [...last.values];
  values.push([values.pop() ?? '', words].filter((text) => text !== '').join('_'));
  settings.push({ name: last.name, values });
}

function readUnmarked(fields: readonly string[], pattern: PairsPattern, known: ReadonlySet<string>): Hyperparameter[] {
  return fields.map((text) => {
    if (pattern.assign === '') {
      const match = /^(\D+?)(-?\d.*)$/.exec(text);
      return match?.[1] === undefined
        ? { name: text, values: [] }
        : { name: match[1], values: cutValues(match[2] ?? '', pattern) };
    }
    const key = knownKeyAtStart(text, pattern.assign, known) ?? text.split(pattern.assign, 1)[0] ?? text;
    return { name: key, values: cutValues(text.slice(key.length + pattern.assign.length), pattern) };
  });
}

/** `batch_size_64` begins with a known name that itself holds the separator. */
function knownKeyAtStart(text: string, assign: string, known: ReadonlySet<string>): string | undefined {
  for (let at = text.lastIndexOf(assign); at > 0; at = text.lastIndexOf(assign, at - 1)) {
    if (known.has(text.slice(0, at))) return text.slice(0, at);
  }
  return undefined;
}

function cutValues(text: string, { list, field }: PairsPattern): string[] {
  if (text === '') return [];
  const inBrackets = /^[[({](.*)[\])}]$/.exec(text)?.[1];
  if (inBrackets !== undefined) return inBrackets === '' ? [] : inBrackets.split(/\s*[,;]\s*/);
  if (list !== null) return text.split(list);
  return field === ',' ? text.split(',') : [text];
}

/** Any name could be read as keys and values; only what looks like settings is: `mnist_run7` is just a name. */
function isConvincing(settings: readonly Hyperparameter[], pattern: PairsPattern, known: ReadonlySet<string>): boolean {
  const valued = settings.filter(({ values }) => values.some((value) => value !== ''));
  if (hasMarkedKeys(pattern)) return valued.length > 0;
  const numbers = valued
    .flatMap(({ values }) => values)
    .filter((value) => /^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(value));
  if (valued.length > 1) return numbers.length > 0;
  return numbers.some((value) => /[.e]/i.test(value)) || (numbers.length > 0 && known.has(valued[0]?.name ?? ''));
}

function mergeSameNames(settings: readonly Hyperparameter[]): Hyperparameter[] {
  const byName = new Map<string, string[]>();
  for (const { name, values } of settings) byName.set(name, [...(byName.get(name) ?? []), ...values]);
  return [...byName].map(([name, values]) => ({ name, values }));
}
