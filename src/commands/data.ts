import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isField, metricNames } from '../ask/fields.js';
import type { Config } from '../config.js';
import { databaseOf, outputFolderOf, stateFolderOf } from '../daemon/places.js';
import { chooseObjective } from '../objective.js';
import { openToRead } from '../store/open-to-read.js';
import type { StoredExperiment } from '../store/read-experiment.js';
import { readLastChangeMs, readListed } from '../store/read-listed.js';
import { readObjective } from '../store/read-summaries.js';
import { closeStore, type Store } from '../store/store.js';
import { asDatabaseError } from '../store/trouble.js';
import type { ListedExperiment, Objective } from '../summary.js';
import { exitCodes, UserError } from '../user-error.js';
import { type CommandContext, rootFlag } from './context.js';
import { maybeTimeInRoot } from './slow-root/ask-root.js';

/** What the asking commands have in common. */
export interface DataOptions {
  readonly root?: string | undefined;
}

/** The data of one root, for a command that asks it; read when it is asked for. */
export class Data {
  #experiments: readonly ListedExperiment[] | undefined;
  #objective: Objective | null | undefined;

  constructor(
    readonly root: string,
    readonly config: Config,
    readonly store: Store,
  ) {}

  /** Every experiment, by key. */
  get experiments(): readonly ListedExperiment[] {
    this.#experiments ??= readListed(this.store);
    return this.#experiments;
  }

  /** When a row last changed, ms since 1970; 0 without any. */
  get lastChangeMs(): number {
    return readLastChangeMs(this.store);
  }

  /** What decides what is best in the root; null where no experiment has a figure. */
  get objective(): Objective | null {
    if (this.#objective === undefined) {
      const { metric, direction } = this.config.objective;
      const stored = readObjective(this.store);
      const choice = { metric: metric ?? stored?.metric, direction: direction ?? undefined };
      this.#objective = chooseObjective([], choice);
    }
    return this.#objective;
  }
}

/** As `withAllData`, for one root. */
export function withData<Result>(
  context: CommandContext,
  { root }: DataOptions,
  use: (data: Data) => Result extends PromiseLike<unknown> ? never : Result,
): Promise<Result> {
  return withAllData<Result>(context, [root], ([data]) => {
    if (data === undefined) throw new RangeError('expected a root');
    return use(data);
  });
}

/**
 * Opens the data of roots, lets `use` ask it, and closes it again; never creates or changes a database. All that it asks of one
 * is of one moment, whatever the watcher writes meanwhile.
 */
export async function withAllData<Result>(
  context: CommandContext,
  roots: readonly (string | undefined)[],
  use: (all: readonly Data[]) => Result extends PromiseLike<unknown> ? never : Result,
): Promise<Result> {
  const opened: Data[] = [];
  const ask = ([next, ...rest]: readonly Data[]): Result => {
    if (next === undefined) return use(opened);
    try {
      return next.store.connection.transaction(() => ask(rest))();
    } catch (error) {
      throw asDatabaseError(error, next.store.file);
    }
  };
  try {
    for (const root of roots) {
      const { config } = context.loadConfig([rootFlag(root)]);
      const folder = config.root ?? context.folder;
      opened.push(new Data(folder, config, await openForReading(context, folder, config)));
    }
    return ask(opened);
  } finally {
    for (const { store } of opened) closeStore(store);
  }
}

/** The metric to judge by: the one asked for, which some experiment must have, else the root's objective. */
export function objectiveOf(
  data: Data,
  metric?: string,
  { direction, option = '--by' }: { readonly direction?: 'max' | 'min' | undefined; readonly option?: string } = {},
): Objective {
  if (metric === undefined) {
    if (data.objective) return direction ? { ...data.objective, direction } : data.objective;
    throw new UserError('no experiment has a metric yet', exitCodes.noInput);
  }
  if (!data.experiments.some(({ summary }) => summary.metrics.has(metric))) {
    const known = metricNames(data.experiments).sort().join(', ');
    const wrong = isField(data.experiments, metric) ? `, got ${metric}, which is none` : '';
    throw new UserError(`${option} ${metric}: expected one of ${known || 'no metric at all'}${wrong}`, exitCodes.usage);
  }
  const chosen = chooseObjective([], { metric, ...(direction && { direction }) });
  if (!chosen) throw new UserError(`${option} ${metric}: no such metric`, exitCodes.usage);
  return chosen;
}

/** How old the data is, for the foot of a table: `14 experiments, last change 3 min ago`. */
export function ageNote({ experiments, lastChangeMs }: Data, nowMs: number): string {
  const count = experiments.length === 1 ? '1 experiment' : `${experiments.length} experiments`;
  return experiments.length === 0 ? count : `${count}, ${changeText(lastChangeMs, nowMs)}`;
}

/** How old what is shown of a few experiments is, where nothing is shown of the others: `last change 3 min ago`. */
export function ageNoteOn(shown: readonly StoredExperiment[], nowMs: number): string {
  return changeText(Math.max(...shown.map(({ changedMs }) => changedMs)), nowMs);
}

function changeText(changedMs: number, nowMs: number): string {
  return `last change ${agoText(nowMs - changedMs)}`;
}

/** `just now`, `3 min ago`, `5 h ago`, `12 days ago`. */
export function agoText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 120) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.round(hours / 24)} days ago`;
}

/** The live database where it lies on this host, else the published copy in the root, and its age where that shall be said. */
export async function openForReading(
  context: CommandContext,
  root: string,
  config: Config,
  isSaid = true,
): Promise<Store> {
  const live = databaseOf(stateFolderOf(resolve(root), config, context.environment));
  return existsSync(live) ? open(live) : open(await findCopy(context, root, config, isSaid));
}

function open(file: string): Store {
  try {
    return openToRead(file);
  } catch (error) {
    throw asDatabaseError(error, file);
  }
}

async function findCopy({ stderr }: CommandContext, root: string, config: Config, isSaid: boolean): Promise<string> {
  const copy = join(outputFolderOf(root, config), 'results.db');
  const writtenMs = await maybeTimeInRoot(root, copy);
  if (writtenMs === undefined) {
    throw new UserError(
      `${root}: expected a root that tlw has read; run tlw watch --root ${root} --once first`,
      exitCodes.noInput,
    );
  }
  if (isSaid) stderr.write(`reading ${copy}, written ${agoText(Date.now() - writtenMs)}\n`);
  return copy;
}
