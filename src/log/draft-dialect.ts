/** A dialect to begin with, made from the lines of a log that nothing understood. Pure. */
import { compilePattern } from '../linear-pattern.js';
import { isSurelyMetric } from './dialects/figure-list.js';
import { reservedGroups } from './dialects/user-schema.js';

/** A dialect file for the first of these lines that looks like a record; undefined where none does. */
export function draftDialect(texts: readonly string[]): string | undefined {
  const drafts = texts.flatMap((text) => draftLine(text) ?? []);
  const draft = drafts.find(({ is }) => is === 'epoch') ?? drafts[0];
  if (!draft) return undefined;
  return [
    'name: my-trainer',
    `signatures: [${JSON.stringify(draft.signature)}] # a text that only this trainer prints`,
    'lines:',
    `  - is: ${draft.is}`,
    `    pattern: '${draft.pattern.replaceAll("'", "''")}'`,
  ].join('\n');
}

interface Draft {
  readonly is: 'epoch' | 'step';
  readonly pattern: string;
  readonly signature: string;
}

function draftLine(text: string): Draft | undefined {
  const parts = partsOf(text);
  const first = parts.findIndex((part) => part.group !== undefined);
  const last = parts.findLastIndex((part) => part.group !== undefined);
  const used = parts.slice(first, last + 1);
  const groups = new Set(used.map((part) => part.group));
  if (![...groups].some((group) => group !== undefined && isSurelyMetric(group))) return undefined;
  // `Epoch `, before the first of them.
  const word = /[A-Za-z]+[\s:=#[(]*$/.exec(parts[first - 1]?.text ?? '')?.[0] ?? '';
  const pattern = escaped(word) + used.map(patternOf).join('');
  // The texts between the figures; what stands before the first one may be a time stamp.
  const literals = used.filter((part) => part.isLiteral).map((part) => part.text.trim());
  const signature = literals.reduce((longest, literal) => (literal.length > longest.length ? literal : longest), '');
  if (signature === '' || !compilePattern(pattern).match(text)) return undefined;
  return { is: groups.has('epoch') && !groups.has('step') ? 'epoch' : 'step', pattern, signature };
}

interface Part {
  readonly text: string;
  readonly isLiteral: boolean;
  /** What the number is. */
  readonly group: string | undefined;
}

/** Texts and numbers in turn. */
function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  const names = new Set<string>();
  let at = 0;
  for (const match of text.matchAll(number)) {
    if (match.index > at) parts.push({ text: text.slice(at, match.index), isLiteral: true, group: undefined });
    at = match.index + match[0].length;
    const name = nameOf(text.slice(0, match.index), text.slice(at), match[0]);
    const group = name === undefined || names.has(name) ? undefined : name;
    if (group !== undefined) names.add(group);
    parts.push({ text: match[0], isLiteral: false, group });
  }
  return parts;
}

const number = /(?<![\w.])[-+]?(?:\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|nan|inf)(?![\w.]*\d|\w{6,})/g;

/** The name of a figure by the text around it, as a group of a pattern. */
function nameOf(before: string, behind: string, value: string): string | undefined {
  const isCount = /^\d+$/.test(value);
  if (isCount && (/epoch[\s:=#[(]*$/i.test(before) || /^ ?epoch\b/i.test(behind))) return 'epoch';
  if (isCount && /epoch[\s:=#[(]*\d+ *(?:\/|of) *$/i.test(before)) return 'epochs';
  if (isCount && /(?:step|iter(?:ation)?|batch)[\s:=#[(]*$/i.test(before) && !/^[mu]?s\b/.test(behind)) return 'step';
  const name = /([A-Za-z][\w@/.-]*)["']?(?:\s*[:=]\s*|\s+)[[("']?$/.exec(before)?.[1];
  const group = name?.replaceAll(/\W+/g, '_').replace(/_$/, '');
  return group === undefined ||
    reservedGroups.has(group) ||
    (!isSurelyMetric(group) && !/^(?:lr|learning_rate)$/i.test(group))
    ? undefined
    : group;
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/\s+/g, '\\s+');
}

function patternOf({ text, isLiteral, group }: Part): string {
  if (isLiteral) return escaped(text);
  if (group === undefined) return '\\S+?';
  return /^epochs?$|^step$/.test(group) ? `(?P<${group}>\\d+)` : `(?P<${group}>[-+.\\w]+)`;
}
