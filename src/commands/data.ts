import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Config } from '../config.js';
import { databaseOf, fileSystemAt, stateFolderOf } from '../daemon/places.js';
import { type ChosenObjective, chooseObjective } from '../objective.js';
import { closeStore, openStore } from '../store/open.js';
import { readExperiment, type StoredExperiment } from '../store/read-experiment.js';
import { readOverviews } from '../store/read-overviews.js';
import type { Store } from '../store/store.js';
import type { ExperimentOverview, Objective } from '../summary.js';
import { exitCodes, UserError } from '../user-error.js';
import { type CommandContext, rootFlag } from './context.js';

/** The data of one root, for a command that asks it. */
export interface Data {
  readonly root: string;
  readonly config: Config;
  readonly store: Store;
  readonly overviews: readonly ExperimentOverview[];
  readonly objective: ChosenObjective | null;
}

/** What the asking commands have in common. */
export interface DataOptions {
  readonly root?: string;
}

/** Opens the data of a root, lets `use` ask it, and closes it again; never creates or changes a database. */
export function withData<Result>(context: CommandContext, { root }: DataOptions, use: (data: Data) => Result): Result {
  const { config } = context.loadConfig([rootFlag(root)]);
  const folder = config.root ?? context.folder;
  const store = openForReading(context, folder, config);
  try {
    const overviews = readOverviews(store);
    const { metric, direction } = config.objective;
    const objective = chooseObjective(
      overviews.map(({ summary }) => summary),
      { ...(metric !== null && { metric }), ...(direction !== null && { direction }) },
    );
    return use({ root: folder, config, store, overviews, objective });
  } finally {
    closeStore(store);
  }
}

/** The metric to judge by: the one asked for, which some experiment must have, else the root's objective. */
export function objectiveOf({ overviews, objective }: Data, metric?: string, direction?: 'max' | 'min'): Objective {
  if (metric === undefined) {
    if (objective) return direction ? { ...objective, direction } : objective;
    throw new UserError('no experiment has a metric yet', exitCodes.noInput);
  }
  const known = new Set(overviews.flatMap(({ summary }) => [...summary.metrics.keys()]));
  if (!known.has(metric)) {
    throw new UserError(
      `--by ${metric}: expected one of ${[...known].sort().join(', ') || 'no metric at all'}`,
      exitCodes.usage,
    );
  }
  const chosen = chooseObjective([], { metric, ...(direction && { direction }) });
  if (!chosen) throw new UserError(`--by ${metric}: no such metric`, exitCodes.usage);
  return chosen;
}

/** The one experiment that a text means: its key or name, else the only one whose name begins with it or contains it. */
export function findExperiment(overviews: readonly ExperimentOverview[], text: string): ExperimentOverview {
  const matches = [
    (each: ExperimentOverview) => each.key === text,
    (each: ExperimentOverview) => each.name === text,
    (each: ExperimentOverview) => each.name.startsWith(text),
    (each: ExperimentOverview) => each.key.includes(text),
  ];
  for (const match of matches) {
    const found = overviews.filter(match);
    if (found.length === 1 && found[0]) return found[0];
    if (found.length > 1) {
      const names = found.slice(0, 5).map(({ key }) => key);
      const more = found.length > 5 ? ` and ${found.length - 5} more` : '';
      throw new UserError(
        `${text}: expected one experiment, got ${found.length}: ${names.join(', ')}${more}`,
        exitCodes.usage,
      );
    }
  }
  throw new UserError(`${text}: no experiment has that name (tlw runs lists them)`, exitCodes.noInput);
}

/** An experiment with its epochs. */
export function readWhole({ store }: Data, { key }: ExperimentOverview): StoredExperiment {
  const stored = readExperiment(store, key);
  if (!stored) throw new UserError(`${key}: it has just been removed from the database`, exitCodes.tryAgain);
  return stored;
}

/** How old the data is, for the foot of a table: `14 experiments, last change 3 min ago`. */
export function ageNote({ overviews }: Data, nowMs: number): string {
  const last = overviews.reduce((latest, { changedMs }) => Math.max(latest, changedMs), 0);
  const count = overviews.length === 1 ? '1 experiment' : `${overviews.length} experiments`;
  return overviews.length === 0 ? count : `${count}, last change ${agoText(nowMs - last)}`;
}

function agoText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 120) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.round(hours / 24)} days ago`;
}

/** The live database where it lies on this host, else the published copy in the root. */
function openForReading(context: CommandContext, root: string, config: Config): Store {
  const live = databaseOf(stateFolderOf(resolve(root), config, context.environment));
  const copy = join(config.outputs.dir ?? root, 'results.db');
  const file = existsSync(live) ? live : existsSync(copy) ? copy : undefined;
  if (file === undefined) {
    throw new UserError(
      `${root}: expected a root that tlw has read; run tlw watch --root ${root} --once first`,
      exitCodes.noInput,
    );
  }
  const { isLocal } = fileSystemAt(file);
  if (file === copy) {
    const { mtimeMs } = statSync(copy);
    context.stderr.write(`reading ${copy}, of ${new Date(mtimeMs).toISOString()}\n`);
  }
  return openStore(file, { fileSystem: isLocal ? 'local' : 'remote', readonly: true });
}
