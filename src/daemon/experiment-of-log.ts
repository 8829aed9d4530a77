import { basename, dirname, join } from 'node:path';
import type { Config } from '../config.js';
import type { Experiment, Hyperparameter, Run } from '../experiment.js';
import { readSettingsFile } from '../hyperparameters/file.js';
import { mergeHyperparameters, parseHyperparameters, parseNodes } from '../hyperparameters.js';
import { parseExperiment } from '../log/parse-experiment.js';
import { type ParseOptions, parseLog } from '../log/parse-log.js';
import { bytesOfPath } from '../path-text.js';
import { identify, type LogIdentity } from '../watch/identity.js';
import { experimentFolder } from '../watch/layout.js';

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
}

/**
 * Reads a log, its folder's settings file and its names into an experiment, as one that was read for good and for the
 * first time. Throws `NotALog` and the file system's errors.
 */
export function experimentOfLog(place: LogPlace, config: Config): LogContent {
  const path = join(place.root, place.file);
  const before = identify(path);
  const run = parse(path, parseOptions(config));
  const identity = identify(path);
  const settings = settingsOf(place, config);
  const { sizeBytes: bytes, mtimeMs, fingerprint } = identity;
  const experiment = {
    key: place.key,
    name: place.name,
    nodes: config.nodes === null ? null : parseNodes(dirname(join(place.root, place.key)).split('/'), config.nodes),
    hyperparameters: settings.hyperparameters,
    log: { path: place.key, bytes, mtimeMs, fingerprint },
    logState: 'parsed',
    revision: 1,
    run: settings.problem === null ? run : withNote(run, settings.problem),
  } as const;
  const changedMeanwhile = before.mtimeMs !== mtimeMs || before.sizeBytes !== bytes || before.ino !== identity.ino;
  return { experiment, identity, changedMeanwhile };
}

/** A name that is no text may well be a log's, but not that of a rank's file. */
function parse(path: string, options: ParseOptions): Run {
  const bytes = bytesOfPath(path);
  return typeof bytes === 'string' ? parseExperiment(bytes, options) : parseLog(bytes, options);
}

function parseOptions({ launcher, rankPrefix, steps }: Config): ParseOptions {
  return {
    ...(launcher !== 'auto' && { launcher }),
    ...(rankPrefix !== null && { rankPrefix: new RegExp(rankPrefix) }),
    ...(steps.enabled && { maxPoints: steps.maxPoints }),
  };
}

function settingsOf(
  { root, key, name }: LogPlace,
  { hyperparameters: { patterns, file, names } }: Config,
): { hyperparameters: readonly Hyperparameter[]; problem: string | null } {
  const known = new Set(Object.keys(names));
  // `FOLDER/FILE` where a folder holds several experiments: the file's name says what differs.
  const byName = name
    .split('/')
    .reverse()
    .map((part) => parseHyperparameters(part, patterns, known))
    .reduce((found, more) => mergeHyperparameters(more, found));
  if (file === null) return { hyperparameters: byName, problem: null };
  const folder = experimentFolder(key);
  const read = readSettingsFile(join(root, folder, file));
  return {
    hyperparameters: mergeHyperparameters(byName, read.hyperparameters),
    problem: read.problem === null ? null : `${basename(file)}: ${read.problem}`,
  };
}

function withNote(run: Run, note: string): Run {
  return { ...run, receipt: { ...run.receipt, notes: [...run.receipt.notes, note] } };
}
