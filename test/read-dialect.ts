/** Reads texts with one dialect, as one rank's stream, and keeps what it said in a simple form. */

import type { Dialect, Emit, LogEvent, RankLine, RankReader } from '../src/log/event.js';

export interface Row {
  /** Name as printed → figure. */
  readonly figures: Record<string, number>;
  /** The epoch's own record came. */
  isFinal: boolean;
}

export interface Reading {
  /** Epoch from 1 → its row; rows of epochs that were begun again later are replaced. */
  readonly rows: Map<number, Row>;
  readonly events: LogEvent[];
  /** Lines that the dialect did not understand, blank ones left out. */
  readonly unknown: string[];
}

/** Reads a whole stream: lines end in `\n`, texts before a `\r` or backspaces are updates, ANSI escapes go. */
export function readStream(dialect: Dialect, stream: string): Reading {
  const reading: Reading = { rows: new Map(), events: [], unknown: [] };
  const reader = dialect.reader();
  const lines = stream.split('\n');
  for (const [index, line] of lines.entries()) {
    const isTerminated = index < lines.length - 1;
    if (!isTerminated && line === '') break;
    readLine(reader, line, isTerminated, reading);
  }
  return reading;
}

/** The rows' figures by epoch, those that are only progress marked by `partial: 1`. */
export function rowsOf(reading: Reading): Record<number, Record<string, number>> {
  return Object.fromEntries(
    [...reading.rows].map(([epoch, row]) => [epoch, row.isFinal ? row.figures : { ...row.figures, partial: 1 }]),
  );
}

function readLine(reader: RankReader, line: string, terminated: boolean, reading: Reading): void {
  // biome-ignore lint/complexity/useRegexLiterals: control characters are easier to read escaped
  const ansi = new RegExp('\\u001b\\[[0-9;?]*[A-Za-z]', 'g');
  const texts = line
    .replaceAll(ansi, '')
    .split(/[\r\b]+/)
    .map((text) => text.trimEnd())
    .filter((text) => text !== '');
  const text = texts.pop() ?? '';
  const emit: Emit = (event) => fold(event, reading);
  for (const update of texts) reader.update?.(update, emit);
  const rankLine: RankLine = { text, update: texts.at(-1) ?? null, terminated, spliced: false, stream: 'stdout' };
  if (!reader.line(rankLine, emit) && text !== '') reading.unknown.push(text);
}

function fold(event: LogEvent, { rows, events }: Reading): void {
  events.push(event);
  if (event.kind === 'epoch') {
    for (const epoch of [...rows.keys()]) if (epoch >= event.epoch) rows.delete(epoch);
  }
  if (event.kind !== 'figures') return;
  const epoch = event.epoch ?? Math.max(...rows.keys());
  const row = rows.get(epoch);
  const figures = Object.fromEntries(event.figures);
  if (row === undefined || (event.final && (!event.merge || !row.isFinal))) {
    rows.set(epoch, { figures, isFinal: event.final });
  } else if (event.final || !row.isFinal) {
    Object.assign(row.figures, figures);
    row.isFinal ||= event.final;
  }
}
