/** Holds the reading of a log that a launcher mixed against the readings of each rank's own stream. */
import { type EpochTable, epochFlags, type Rank, type Run } from '../../src/experiment.js';

export interface Judgement {
  readonly exact: number;
  readonly missing: readonly string[];
  readonly wrong: readonly string[];
}

/** `clean`: the reading of each rank's own stream, by rank. */
export function judge(run: Run, clean: readonly Run[]): Judgement {
  const missing: string[] = [];
  const wrong: string[] = [];
  let exact = 0;
  for (const rank of run.ranks) {
    const isKnown = rank.rank !== null && rank.rank < clean.length;
    if (!isKnown && rank.epochs.length > 0) wrong.push(`rank ${rank.rank} never was`);
  }
  for (const [number, truth] of clean.entries()) {
    const [own] = truth.ranks;
    const read = run.ranks.find((rank) => rank.rank === number);
    if (!own) continue;
    const expected = figuresOf(own.epochs);
    const got = read ? figuresOf(read.epochs) : new Map<string, number>();
    for (const [place, value] of expected) {
      const other = got.get(place);
      if (other === undefined) missing.push(`rank ${number}, ${place}: printed ${value}`);
      else if (Object.is(other, value)) exact += 1;
      else wrong.push(`rank ${number}, ${place}: read ${other}, printed ${value}`);
    }
    for (const [place, value] of got)
      if (!expected.has(place)) wrong.push(`rank ${number}, ${place}: read ${value}, but it was never printed`);
    compareFacts(own, read, number, missing, wrong);
  }
  return { exact, missing, wrong };
}

/** Every figure that is an epoch's own, by its place. */
function figuresOf(table: EpochTable): Map<string, number> {
  const figures = new Map<string, number>();
  for (let row = 0; row < table.length; row += 1) {
    if (((table.flags[row] ?? 0) & epochFlags.partial) !== 0) continue;
    for (const [name, column] of table.metrics) {
      const value = column.values[row];
      if (column.present[row] === 1 && value !== undefined)
        figures.set(`segment ${table.segment[row]}, epoch ${table.epoch[row]}, ${name}`, value);
    }
  }
  return figures;
}

const facts = ['plannedEpochs', 'stepsPerEpoch', 'earlyStopEpoch', 'restoredEpoch', 'totalTrainingTime'] as const;

function compareFacts(own: Rank, read: Rank | undefined, rank: number, missing: string[], wrong: string[]): void {
  for (const name of facts) {
    const [expected, got] = [own[name], read?.[name] ?? null];
    if (expected === got) continue;
    const fault = `rank ${rank}, ${name}: read ${got}, should be ${expected}`;
    if (got === null) missing.push(fault);
    else wrong.push(fault);
  }
  if (own.end?.status !== read?.end?.status)
    (read?.end ? wrong : missing).push(`rank ${rank}: end ${read?.end?.status}, should be ${own.end?.status}`);
}
