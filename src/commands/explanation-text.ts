import { escapeText } from '../escape-text.js';
import { draftDialect } from '../log/draft-dialect.js';
import type { LogEvent } from '../log/event.js';
import type { Explanation, LineKind } from '../log/explain.js';

/** What was understood of a log, kind of line by kind of line, for people; ends with a newline. */
export function explanationText({ run, kinds, furtherLines }: Explanation): string {
  const { receipt } = run;
  const ranks = run.ranks.length === 1 ? 'one rank' : `${run.ranks.length} ranks`;
  const lines = [
    `launcher ${run.launcher}, trainer ${run.trainer}, ${ranks}, ${run.status}`,
    `${receipt.lines} lines: ${receipt.understood} understood, ${receipt.ignored} not, ${receipt.quarantined} doubtful, ${receipt.repaired} joined from pieces`,
    ...kinds.flatMap(kindLines),
  ];
  if (furtherLines > 0) lines.push('', `and ${furtherLines} lines of further kinds`);
  if (run.ranks.every((rank) => rank.epochs.length === 0)) lines.push(...adviceLines(kinds));
  return `${lines.join('\n')}\n`;
}

/** What to do about a log of which no epoch was read. */
function adviceLines(kinds: readonly LineKind[]): string[] {
  const draft = draftDialect(kinds.filter(({ as }) => as === null).map(({ text }) => text));
  const how = 'docs/dialects.md tells how to describe the lines of a trainer that is not known.';
  if (draft === undefined) return ['', `No epoch was read. ${how}`];
  return [
    '',
    `No epoch was read. ${how} A file to begin with, to be named under \`dialects\` in the configuration:`,
    '',
    ...draft.split('\n').map((line) => `    ${escapeText(line)}`),
  ];
}

function kindLines({ as, count, text, offset, rank, events }: LineKind): string[] {
  const where = rank === null ? `at byte ${offset}` : `of rank ${rank}, at byte ${offset}`;
  return [
    '',
    `${as ?? 'not understood'} (${count === 1 ? 'one line' : `${count} lines, the first`} ${where})`,
    `    ${escapeText(text)}`,
    ...events.map((event) => `    → ${escapeText(eventText(event))}`),
  ];
}

function eventText(event: LogEvent): string {
  if (event.kind !== 'figures') {
    const { kind, ...rest } = event;
    const told = Object.entries(rest).filter(([, value]) => value !== null);
    return [kind, ...told.map(([name, value]) => `${name} ${value}`)].join(', ');
  }
  const { epoch, figures, final, step, steps } = event;
  const what = final ? 'record' : 'progress';
  const place = step === undefined ? '' : `, step ${step}${steps === undefined ? '' : ` of ${steps}`}`;
  const pairs = [...figures].map(([name, value]) => `${name}=${value}`);
  return `${what} of ${epoch === null ? 'the epoch under way' : `epoch ${epoch}`}${place}: ${pairs.join(' ') || 'no figure'}`;
}
