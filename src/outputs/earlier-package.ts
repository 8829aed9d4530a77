/** What the earlier tool of this name wrote: JSON packages of single experiments, and a spreadsheet of all as CSV. Pure. */

import type { EpochTable, Experiment, Hyperparameter, MetricColumn, Rank, Run } from '../experiment.js';

/** An experiment as far as the earlier tool knew it. It wrote -1 where a value was missing; none of those is a figure. */
export interface EarlierExperiment {
  readonly name: string;
  readonly hyperparameters: readonly Hyperparameter[];
  readonly run: Run;
}

/** `[rank, epoch, step, steps per epoch, ETA or time per step, loss, acc, custom, val_loss, val_acc, val_custom]` */
type Row = readonly unknown[];
const metricNames = ['loss', 'accuracy', 'custom', 'val_loss', 'val_accuracy', 'val_custom'];

const totals = {
  plannedEpochs: ['total_epochs', 'planned_epochs', 'number_of_epochs', 'epochs'],
  stepsPerEpoch: ['steps_per_epoch'],
  worldSize: [
    'total_processes',
    'number_of_ranks',
    'num_ranks',
    'n_ranks',
    'number_of_processes',
    'world_size',
    'ranks',
  ],
  totalTrainingTime: ['total_training_time', 'training_time', 'total_time'],
  earlyStopEpoch: ['early_stop_epoch', 'early_stop_iteration', 'early_stop'],
  val_loss: ['val_loss', 'final_val_loss'],
  val_accuracy: ['val_acc', 'val_accuracy', 'final_val_acc', 'final_val_accuracy'],
  val_custom: ['val_custom_metric', 'val_custom', 'final_val_custom', 'final_val_custom_metric'],
} as const;
type Totals = Readonly<Record<keyof typeof totals, number | null>>;

/** The columns of the spreadsheet that are settings, and what they are called in names of folders. */
const settings: readonly (readonly [column: string, name: string])[] = [
  ['processes_per_socket', 'ppn'],
  ['cores_per_process', 'cps'],
  ['intra_thread', 'intra'],
  ['inter_thread', 'inter'],
  ['blocktime', 'bt'],
  ['training_images', 'img'],
  ['learning_rate', 'lr'],
  ['momentum', 'mom'],
  ['batch_size', 'bs'],
  ['dropout', 'dpout'],
];

/** The experiment in parsed JSON of the earlier tool; undefined where it is none. */
export function maybeEarlierPackage(json: unknown, name: string): EarlierExperiment | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const rows = findRows(json);
  const known = totalsOf(new Map(Object.entries(json).map(([key, value]) => [plain(key), value])));
  if (rows.length === 0 && known.plannedEpochs === null) return undefined;
  return { name, hyperparameters: [], run: runOf(known, rows) };
}

/** The experiments in the lines of the earlier tool's spreadsheet, or in one package's rows; undefined where it is neither. */
export function maybeEarlierTable(
  lines: readonly (readonly string[])[],
  name: string,
): EarlierExperiment[] | undefined {
  const header = lines[0]?.map(plain) ?? [];
  const records = lines.slice(1).filter((line) => line.some((cell) => cell.trim() !== ''));
  if (header[0] === 'rank' && header[1] === 'epoch' && header.length >= 11) {
    return [{ name, hyperparameters: [], run: runOf(totalsOf(new Map()), records) }];
  }
  if (settings.filter(([column]) => header.includes(column)).length < 3) return undefined;
  return records.map((cells, index) => {
    const fields = new Map(header.map((column, at): [string, unknown] => [column, cells[at]]));
    const hyperparameters = settings.flatMap(([column, short]) => {
      const values = String(fields.get(column) ?? '').match(/[\w.+-]+/g) ?? [];
      return values.length === 0 || values[0] === '-1' ? [] : [{ name: short, values }];
    });
    const known = totalsOf(fields);
    const said = fields.get('name') ?? fields.get('experiment') ?? fields.get('test_name');
    const made = hyperparameters.map((each) => [each.name, ...each.values].join('_')).join('-');
    return { name: String(said || made || `${name}-${index + 1}`), hyperparameters, run: runOf(known, []) };
  });
}

/** `Val_Loss ` → `val_loss` */
function plain(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '');
}

function totalsOf(fields: ReadonlyMap<string, unknown>): Totals {
  const entries = Object.entries(totals).map(([total, names]) => {
    const name = names.find((each) => fields.has(each));
    return [total, name === undefined ? null : figureOf(fields.get(name))];
  });
  return Object.fromEntries(entries);
}

/** -1 is how the earlier tool wrote that there is no value. */
function figureOf(value: unknown): number | null {
  const text = String(value ?? '').trim();
  if (/^[+-]?(nan|inf(inity)?)$/i.test(text)) return Number(text.toLowerCase().replace(/inf(inity)?/, 'Infinity'));
  const figure = text === '' ? Number.NaN : Number(text);
  return Number.isNaN(figure) || figure === -1 ? null : figure;
}

/** Lists of eleven, however deep they lie. */
function findRows(value: unknown): Row[] {
  if (typeof value !== 'object' || value === null) return [];
  if (!Array.isArray(value)) return Object.values(value).flatMap(findRows);
  const isRow = value.length === 11 && value.slice(0, 3).every((cell) => figureOf(cell) !== null);
  return isRow ? [value] : value.flatMap(findRows);
}

function runOf(known: Totals, rows: readonly Row[]): Run {
  const byRank = new Map<number, Row[]>();
  for (const row of rows) {
    const rank = figureOf(row[0]) ?? 0;
    byRank.set(rank, [...(byRank.get(rank) ?? []), row]);
  }
  const ranks = [...byRank].sort(([a], [b]) => a - b).map(([rank, own]) => rankOf(rank, own, known));
  const isSummary = ranks.length === 0;
  const last = known.earlyStopEpoch ?? known.plannedEpochs ?? 1;
  const finals = [null, null, null, known.val_loss, known.val_accuracy, known.val_custom];
  const all = isSummary ? [{ ...emptyRank(null, known), epochs: tableOf([[0, last, 1, 1, null, ...finals]]) }] : ranks;
  const isWhole = isSummary || all.every(({ epochs, plannedEpochs }) => epochs.epoch.at(-1) === plannedEpochs);
  const note = `read from what an earlier tool wrote${isSummary ? ', which has the final figures alone' : ''}; offsets mean nothing`;
  return {
    ...{ launcher: 'none', trainer: 'none', reason: null, reasonRank: null, jobId: null },
    status: known.earlyStopEpoch !== null ? 'early_stopped' : isWhole ? 'completed' : 'stalled',
    rankRelation: isSummary ? 'one_rank_prints' : null,
    worldSize: known.worldSize ?? (isSummary ? null : ranks.length),
    metricNames: new Map(metricNames.map((name) => [name, name])),
    ranks: all,
    receipt: {
      ...{ bytes: 0, lines: rows.length, understood: rows.length, ignored: 0, repaired: 0, quarantined: 0 },
      ...{ firstIgnored: null, firstRepaired: null, firstQuarantined: null, cutLines: 0, nulBytes: 0, badUtf8: 0 },
      ...{ skippedValues: 0, replacedRows: 0, lastLineIncomplete: false, findings: [], notes: [note] },
    },
  };
}

function emptyRank(rank: number | null, { plannedEpochs, stepsPerEpoch, earlyStopEpoch, totalTrainingTime }: Totals) {
  const nothing = { host: null, restoredEpoch: null, end: null, steps: null } as const;
  return { rank, plannedEpochs, stepsPerEpoch, earlyStopEpoch, totalTrainingTime, ...nothing };
}

/** Of each epoch, the row of the last step is its record; one whose last step is not the epoch's last is partial. */
function rankOf(rank: number, rows: readonly Row[], known: Totals): Rank {
  const byEpoch = new Map<number, Row>();
  for (const row of rows) {
    const epoch = figureOf(row[1]);
    const before = epoch === null ? undefined : byEpoch.get(epoch);
    if (epoch !== null && (before === undefined || (figureOf(row[2]) ?? 0) >= (figureOf(before[2]) ?? 0)))
      byEpoch.set(epoch, row);
  }
  const last = [...byEpoch].sort(([a], [b]) => a - b).map(([, row]) => row);
  return {
    ...emptyRank(rank, known),
    stepsPerEpoch: known.stepsPerEpoch ?? figureOf(last[0]?.[3]),
    epochs: tableOf(last),
  };
}

function tableOf(rows: readonly Row[]): EpochTable {
  const { length } = rows;
  const isDone = (row: Row): boolean => figureOf(row[2]) === figureOf(row[3]);
  const metrics = new Map<string, MetricColumn>();
  for (const [at, name] of metricNames.entries()) {
    const figures = rows.map((row) => figureOf(row[5 + at]));
    if (figures.every((figure) => figure === null)) continue;
    metrics.set(name, {
      values: Float64Array.from(figures, (figure) => figure ?? 0),
      present: Uint8Array.from(figures, (figure) => (figure === null ? 0 : 1)),
    });
  }
  return {
    ...{ length, metrics, local: new Map() },
    epoch: Int32Array.from(rows, (row) => figureOf(row[1]) ?? 1),
    segment: new Int32Array(length).fill(1),
    offset: new Float64Array(length),
    flags: Uint8Array.from(rows, (row) => (isDone(row) ? 0 : 1)),
    seconds: new Float64Array(length).fill(Number.NaN),
    secondsPerStep: Float64Array.from(rows, (row) => (isDone(row) ? (secondsOf(row[4]) ?? Number.NaN) : Number.NaN)),
  };
}

/** `10s/step`, `125ms`, 10 in seconds; what is beside an unfinished epoch is an ETA, and not asked for. */
function secondsOf(value: unknown): number | null {
  const [, figure, unit] = /^(\d+(?:\.\d+)?) ?(us|ms|s)?(?:\/step)?$/.exec(String(value ?? '').trim()) ?? [];
  return figure === undefined ? null : Number(figure) / { us: 1e6, ms: 1e3, s: 1 }[(unit ?? 's') as 'us' | 'ms' | 's'];
}
/** An experiment of the earlier tool as one of ours; `key` is made of the file that it came from. */
export function experimentOfEarlier(
  { name, hyperparameters, run }: EarlierExperiment,
  file: { readonly key: string; readonly bytes: number; readonly mtimeMs: number },
): Experiment {
  const log = { path: file.key, bytes: file.bytes, mtimeMs: file.mtimeMs, fingerprint: '' };
  return { key: file.key, name, nodes: null, hyperparameters, log, logState: 'parsed', revision: 1, run };
}
