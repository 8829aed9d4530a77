/** Whether each figure of a run is one that its rank wrote: at its record, shortly before, or at least behind the record before. */
import type { MetricColumn, Run } from '../../src/experiment.js';
import type { StreamLine } from '../reference/streams.js';
import { textsOf } from '../reference/terminal.js';

/** A record may consist of this many texts, other records among them: wrapped tables, figures of an epoch that are printed one by one. */
const textsOfRecord = 400;
const number = /[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|nan|[-+]?inf/gi;

interface Place {
  readonly offset: number;
  readonly texts: string;
}

export function inventedFigures(run: Run, lines: readonly StreamLine[]): string[] {
  const places = new Map<number | null, Place[]>();
  const placesOf = (rank: number | null): Place[] => {
    const known = places.get(rank);
    if (known) return known;
    const made = lines
      .filter((line) => line.kind !== 'launcher' && (rank === null || line.rank === rank))
      .flatMap((line) => textsOf(line).map(({ offset, text }) => ({ offset, texts: text })))
      .sort((a, b) => a.offset - b.offset);
    places.set(rank, made);
    return made;
  };
  return run.ranks.flatMap(({ rank, epochs, steps }) => {
    const faults: string[] = [];
    const offsets = [...epochs.offset.subarray(0, epochs.length)].sort((a, b) => a - b);
    const judge = (metrics: ReadonlyMap<string, MetricColumn>, row: number, offset: number, what: string): void => {
      const before = offsets.findLast((other) => other < offset) ?? 0;
      for (const [name, { values, present }] of metrics) {
        const value = values[row] as number;
        if (present[row] === 1 && !isWritten(placesOf(rank), before, offset, value))
          faults.push(`rank ${rank}, ${what}, ${name}: ${value} stands nowhere near ${offset}`);
      }
    };
    for (let row = 0; row < epochs.length; row += 1) {
      const offset = epochs.offset[row] as number;
      judge(epochs.metrics, row, offset, `epoch ${epochs.epoch[row]}`);
      judge(epochs.local, row, offset, `epoch ${epochs.epoch[row]}, local`);
    }
    for (let row = 0; row < (steps?.length ?? 0); row += 1)
      judge(steps?.metrics ?? new Map(), row, Number.POSITIVE_INFINITY, `step ${steps?.step[row]}`);
    return faults;
  });
}

function isWritten(places: readonly Place[], before: number, offset: number, value: number): boolean {
  const to = places.findLastIndex((place) => place.offset <= offset) + 1;
  const sinceBefore = places.findLastIndex((place) => place.offset < before) + 1;
  const from = offset === Number.POSITIVE_INFINITY ? 0 : Math.min(sinceBefore, Math.max(0, to - textsOfRecord));
  for (let i = to - 1; i >= from; i -= 1)
    for (const [token] of (places[i] as Place).texts.matchAll(number))
      if (Object.is(numberOf(token), value)) return true;
  return false;
}

function numberOf(token: string): number {
  const text = token.toLowerCase();
  if (text === 'nan') return Number.NaN;
  if (text.endsWith('inf')) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}
