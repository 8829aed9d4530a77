/** Holds a reading of a woven log against what was really printed. */
import { epochFlags, type Run } from '../src/experiment.js';
import { canonicalNames } from '../src/log/names.js';
import type { Woven } from './weave-paper.js';
import type { TrueRank, TrueRecord } from './weave-stream.js';

export interface Check {
  readonly exact: number;
  /** Figures that were printed and not read. */
  readonly missing: readonly string[];
  /** Figures, epochs, ranks, offsets and facts that are not what was printed. */
  readonly wrong: readonly string[];
}

/** `isLossy`: a record may have lost its beginning. */
export function check(run: Run, woven: Woven, ranks: readonly TrueRank[], isLossy: boolean): Check {
  const canonical = canonicalNames(
    ranks.flatMap((rank) => rank.records.flatMap((record) => [...record.figures.keys()])),
  );
  const names = (printed: string): string => canonical.get(printed) ?? printed;
  const missing: string[] = [];
  const wrong: string[] = [...bookFaults(run, woven.bytes.length)];
  let exact = 0;
  for (const { rank, epochs } of run.ranks) {
    const truth = ranks.find((candidate) => candidate.rank === rank);
    if (!truth) {
      if (epochs.length > 0) wrong.push(`rank ${rank} never was`);
      continue;
    }
    for (let row = 0; row < epochs.length; row += 1) {
      if (((epochs.flags[row] ?? 0) & epochFlags.partial) !== 0) continue;
      const record = recordAt(truth, epochs.segment[row], epochs.epoch[row]);
      const where = `rank ${rank}, segment ${epochs.segment[row]}, epoch ${epochs.epoch[row]}`;
      const expected = new Map([...(record?.figures ?? [])].map(([name, value]) => [names(name), value]));
      for (const [name, column] of epochs.metrics) {
        if (column.present[row] !== 1) continue;
        const value = column.values[row];
        if (Object.is(value, expected.get(name))) exact += 1;
        else wrong.push(`${where}, ${name}: read ${value}, printed ${expected.get(name)}`);
      }
      const offset = epochs.offset[row] ?? Number.NaN;
      const inStream = woven.trace(truth.rank, offset);
      const isIn = record && inStream !== undefined && inStream >= record.offset && inStream < record.end;
      if (record && (isLossy ? !isIn : inStream !== record.offset))
        wrong.push(`${where}: offset ${offset}, should be ${woven.locate(truth.rank, 'stdout', record.offset)}`);
    }
  }
  for (const truth of ranks) {
    const read = run.ranks.find((candidate) => candidate.rank === truth.rank);
    for (const record of truth.records) {
      const row = read ? rowOf(read, record) : -1;
      const where = `rank ${truth.rank}, segment ${record.segment}, epoch ${record.epoch}`;
      for (const name of record.figures.keys())
        if (!record.isAmbiguous && read?.epochs.metrics.get(names(name))?.present[row] !== 1)
          missing.push(`${where}, ${name}`);
    }
    if (read) wrong.push(...factFaults(truth, read));
  }
  return { exact, missing, wrong };
}

function recordAt(truth: TrueRank, segment: number | undefined, epoch: number | undefined): TrueRecord | undefined {
  return truth.records.find((record) => record.segment === segment && record.epoch === epoch);
}

function rowOf({ epochs }: Run['ranks'][number], record: TrueRecord): number {
  for (let row = 0; row < epochs.length; row += 1) {
    const isPartial = ((epochs.flags[row] ?? 0) & epochFlags.partial) !== 0;
    if (epochs.segment[row] === record.segment && epochs.epoch[row] === record.epoch) return isPartial ? -1 : row;
  }
  return -1;
}

/** Facts that are not what was printed; one that is missing is not wrong. */
function factFaults(truth: TrueRank, read: Run['ranks'][number]): string[] {
  return (['plannedEpochs', 'stepsPerEpoch', 'earlyStopEpoch'] as const)
    .filter((name) => read[name] !== null && read[name] !== truth[name])
    .filter((name) => name !== 'stepsPerEpoch' || truth.records.at(-1)?.isAmbiguous !== true)
    .map((name) => `rank ${truth.rank}: ${name} is ${read[name]}, should be ${truth[name]}`);
}

/** The books of a receipt must balance. */
export function bookFaults({ receipt }: Run, sizeBytes: number): string[] {
  const faults: string[] = [];
  const { lines, understood, ignored, quarantined, bytes } = receipt;
  if (lines !== understood + ignored + quarantined)
    faults.push(`receipt: ${lines} lines, but ${understood} + ${ignored} + ${quarantined}`);
  if (bytes !== sizeBytes) faults.push(`receipt: ${bytes} bytes of ${sizeBytes}`);
  return faults;
}
