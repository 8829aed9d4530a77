import { basename, join } from 'node:path';
import type { Config } from '../config.js';
import type { Experiment, Run } from '../experiment.js';
import { readSettingsFile } from '../hyperparameters/file.js';
import { mergeHyperparameters } from '../hyperparameters.js';
import { readUserDialect } from '../log/dialects/user-dialect.js';
import { parseExperiment } from '../log/parse-experiment.js';
import { type ParseOptions, parseLog } from '../log/parse-log.js';
import { bytesOfPath } from '../path-text.js';
import type { Objective } from '../summary.js';
import { identify, type LogIdentity } from '../watch/identity.js';
import { experimentFolder } from '../watch/layout.js';
import { packagePathsOf } from './current-package.js';
import { nodesOf, settingsInName } from './experiment-names.js';
import { noPackage, readPackagedRun } from './packaged-run.js';

/** Which log to read, and as what. */
export interface LogPlace {
  /** Absolute. */
  readonly root: string;
  /** The experiment's key: path relative to the root. */
  readonly key: string;
  /** What to open, relative to the root: the key, or what it leads to where it is a link. */
  readonly file: string;
  /** Of the experiment. */
  readonly name: string;
}

export interface LogContent {
  readonly experiment: Experiment;
  readonly identity: LogIdentity;
  /** The log was written to while it was read. */
  readonly changedMeanwhile: boolean;
  /** It comes from a package; what decided what is best when that was made. */
  readonly packagedBy?: { readonly objective: Objective | null };
}

/**
 * Reads a log, its folder's settings file and its names into an experiment, as one that was read for good and for the
 * first time; `trustPackage`: what a package beside the log says of it need not be read again; `onPiece`: see `SourceOptions`. Throws `NotALog` and the file system's errors.
 */
export function experimentOfLog(
  place: LogPlace,
  config: Config,
  { trustPackage = false, onPiece }: { trustPackage?: boolean } & Pick<ParseOptions, 'onPiece'> = {},
): LogContent {
  const path = join(place.root, place.file);
  const before = identify(path);
  const packaged = trustPackage ? readPackagedRun(packagePathsOf(place, config), before, config) : noPackage;
  const run =
    packaged.run ?? withNote(parse(path, { ...parseOptions(config), ...(onPiece && { onPiece }) }), packaged.refusal);
  const identity = identify(path);
  const settings = settingsOf(place, config);
  const { sizeBytes: bytes, mtimeMs, fingerprint } = identity;
  const experiment = {
    key: place.key,
    name: place.name,
    nodes: nodesOf(place, config),
    hyperparameters: settings.hyperparameters,
    log: { path: place.key, bytes, mtimeMs, fingerprint },
    logState: 'parsed',
    revision: 1,
    run: withNote(run, settings.problem),
  } as const;
  const changedMeanwhile = before.mtimeMs !== mtimeMs || before.sizeBytes !== bytes || before.ino !== identity.ino;
  const packagedBy = packaged.run === null ? {} : { packagedBy: { objective: packaged.objective } };
  return { experiment, identity, changedMeanwhile, ...packagedBy };
}

/** A name that is no text may well be a log's, but not that of a rank's file. */
function parse(path: string, options: ParseOptions): Run {
  const bytes = bytesOfPath(path);
  return typeof bytes === 'string' ? parseExperiment(bytes, options) : parseLog(bytes, options);
}

/** How logs are read, as the config says. Throws a ConfigError where a dialect's file has a mistake. */
export function parseOptions({ launcher, rankPrefix, dialects, steps }: Config): ParseOptions {
  return {
    ...(launcher !== 'auto' && { launcher }),
    ...(rankPrefix !== null && { rankPrefix }),
    ...(dialects.length > 0 && { dialects: dialects.map(readUserDialect) }),
    ...(steps.enabled && { maxPoints: steps.maxPoints }),
  };
}

function settingsOf({ root, key, name }: LogPlace, config: Config) {
  const { file } = config.hyperparameters;
  const byName = settingsInName(name, config);
  if (file === null) return { hyperparameters: byName, problem: null };
  const read = readSettingsFile(join(root, experimentFolder(key), file));
  return {
    hyperparameters: mergeHyperparameters(byName, read.hyperparameters),
    problem: read.problem === null ? null : `${basename(file)}: ${read.problem}`,
  };
}

function withNote(run: Run, note: string | null): Run {
  if (note === null || run.receipt.notes.includes(note)) return run;
  return { ...run, receipt: { ...run.receipt, notes: [...run.receipt.notes, note] } };
}
