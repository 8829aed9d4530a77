/** Which names in a folder are worth a look, and which of the files are experiments. Names only: no I/O. */

import { posix } from 'node:path';
import picomatch from 'picomatch';
import { isSpare, unpackedName, withoutEnding } from '../log-name.js';

/** The names of one folder, as far as they matter. */
export interface FolderNames {
  /** Files that may be logs, by their names. */
  readonly logs: readonly string[];
  /** End markers that are there. */
  readonly markers: readonly string[];
  /** Names that may be folders. */
  readonly others: readonly string[];
  /** Files that the program wrote. */
  readonly outputs: readonly string[];
}

export interface NameRules {
  readonly logPatterns: readonly string[];
  readonly endMarkers: readonly string[];
}

/** Gives the function that sorts the names of a folder; made once, since patterns are compiled. */
export function createNameSorter(rules: NameRules): (names: Iterable<string>) => FolderNames {
  const isLogName = picomatch([...rules.logPatterns], { nocase: true });
  const endMarkers = new Set(rules.endMarkers);
  return (names) => {
    const sorted = { logs: [] as string[], markers: [] as string[], others: [] as string[], outputs: [] as string[] };
    for (const name of names) {
      if (endMarkers.has(name)) sorted.markers.push(name);
      else if (ownFile.test(name) || ownRootFile.test(name)) sorted.outputs.push(name);
      else if (isIgnoredName(name)) continue;
      else if (isLogName(name) || isLogName(unpackedName(name)) || name === 'stdout') sorted.logs.push(name);
      else if (!knownFile.test(name)) sorted.others.push(name);
    }
    const logs = new Set(sorted.logs);
    return { ...sorted, logs: sorted.logs.filter((name) => !isSpare(name, logs)) };
  };
}

/** Names that are never looked at: our own outputs, hidden files, editors' and NFS's temporary ones. */
export function isIgnoredName(name: string): boolean {
  return /^[.#]|^~\$|~$|\.tlw\.|\.(swp|swx|tmp|part|bak|lock)$/i.test(name) || ownRootFile.test(name);
}

const ownFile = /\.tlw\.(?:json|pdf|csv)$/;
/** The workbook, its copies, and the copy of the database. */
const ownRootFile = /^(?:master(?:\.new|\.kept-[\d-]+)?\.xlsx|results\.db)$/;

/**
 * The names among `logs` that are experiments: the one named like the folder, else the only one, else the lowest rank's
 * where all are numbered by rank, else each. In the root (`folder` is '') each. What a scheduler wrote (`slurm-123.out`)
 * mostly repeats a log that lies beside it, or the logs of the experiments below, and stands back then.
 */
export function chooseLogs(folder: string, { logs, others }: FolderNames): readonly string[] {
  if (isRankFolder(folder)) return logs.filter((name) => /^stdout(\.log(\.gz)?)?$/.test(name));
  const all = logs.filter((name) => name !== 'stdout');
  const written = all.filter((name) => !schedulerOutput.test(unpackedName(name)));
  const matching = written.length > 0 || (folder === '' && others.length > 0) ? written : all;
  if (folder === '') return matching;
  const named = all.find((name) => isNamedLike(name, folder));
  if (named !== undefined) return [named];
  const areRanks = matching.length > 1 && matching.every((name) => rankFile.test(name));
  return areRanks ? [matching.reduce(lowerRank)] : matching;
}

/**
 * The names among `others` worth descending into: none where a log has the folder's name, only the lowest rank's where
 * folders are numbered by rank (all ranks are one experiment), else each.
 */
export function chooseFolders(folder: string, names: FolderNames): readonly string[] {
  if (folder !== '' && names.logs.some((name) => isNamedLike(name, folder))) return [];
  const ranks = names.others.filter((name) => isRankFolder(posix.join(folder, name)));
  return ranks.length > 0 ? [ranks.reduce(lowerRank)] : names.others;
}

/** Levels below the root; folders of ranks do not count. */
export function depthOf(folder: string): number {
  if (folder === '') return 0;
  return depthOf(parentOf(folder)) + (isRankFolder(folder) || isAttempt(folder) ? 0 : 1);
}

/** The folder that a path lies in, '' for the root. */
export function parentOf(path: string): string {
  const parent = posix.dirname(path);
  return parent === '.' ? '' : parent;
}

/**
 * What to call the experiment of a log: its folder's name; with several in a folder, or in the root, the file's stem too.
 * `isAlone` says that no other log of the folder is an experiment.
 */
export function experimentName(log: string, isAlone: boolean): string {
  const folder = experimentFolder(log);
  const own = jobNumber.test(log) ? posix.basename(unpackedName(log)) : stemOf(log);
  if (folder === '') return own;
  return isAlone ? posix.basename(folder) : `${posix.basename(folder)}/${own}`;
}

/** The folder of the experiment that a log belongs to: its own, or the one above the folders of ranks. */
export function experimentFolder(log: string): string {
  let folder = parentOf(log);
  if (!isRankFolder(folder)) return folder;
  while (isRankFolder(folder) || isAttempt(folder)) folder = parentOf(folder);
  // `EXP/1/rank.0/stdout` of mpirun (a job number), `EXP/none_e5pn9oce/attempt_0/0/stdout.log` of torchrun (a run id)
  return /^\d+$|_[a-z0-9_]{8}$/.test(posix.basename(folder)) && parentOf(folder) !== '' ? parentOf(folder) : folder;
}

/** PBS gives all jobs of one script the same name but for this. */
const jobNumber = /\.o\d+(?:\.gz)?$/i;

const schedulerOutput = /\.out$|\.o\d+$/i;

const rankFile = /(?:^|[._-])rank[._-]?\d+(?![a-z0-9])/i;

/** Names with these endings are files, as everybody knows, and so need no look to tell. */
const knownFile =
  /\.(h5|hdf5|keras|pt|pth|ckpt|safetensors|npy|npz|pkl|pickle|bin|json|jsonl|ya?ml|toml|ini|cfg|csv|tsv|txt|md|html?|xlsx?|pdf|png|jpe?g|gif|svg|py|ipynb|sh|slurm|sbatch|err|gz|zip|tar|tgz|xz|bz2|db|sqlite|index|meta)$|\.data-\d+-of-\d+$|tfevents/i;

function isRankFolder(folder: string): boolean {
  const name = posix.basename(folder);
  return /^rank[._-]?\d+$/i.test(name) || (/^\d+$/.test(name) && isAttempt(parentOf(folder)));
}

function isAttempt(folder: string): boolean {
  return /^attempt_\d+$/.test(posix.basename(folder));
}

function isNamedLike(log: string, folder: string): boolean {
  return stemOf(log) === posix.basename(folder);
}

function stemOf(path: string): string {
  return withoutEnding(posix.basename(path));
}

function lowerRank(a: string, b: string): string {
  const rank = (name: string): number => Number(/(\d+)(?!.*\d)/.exec(name)?.[1] ?? Infinity);
  return rank(b) < rank(a) ? b : a;
}

/** The number of the job that writes a log, where Slurm has named the log by it. */
export function jobIdInName(path: string): string | undefined {
  return /(?:^|\/)slurm-(\d+(?:_\d+)?)[^/]*$/.exec(path)?.[1];
}
