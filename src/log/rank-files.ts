/** Launchers can give each rank a file of its own: `1/rank.0/stdout`, `attempt_0/1/stdout.log`, `rank-3.log`, `slurm-77_3.out`. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { isSpare, unpackedName, withoutEnding } from '../log-name.js';
import { maybeRankNumber } from './numbers.js';

/** One rank's own file. */
export interface RankFile {
  /** Absolute, or relative as the log's path was. */
  readonly path: string;
  readonly rank: number;
}

/** Open MPI and PRRTE --output-filename; torchrun --log-dir; programs' own; srun -o slurm-%j_%t.out. The number is the rank. */
const shapes: readonly RegExp[] = [
  /(?:^|\/)rank[._-]?(\d+)\/(?:stdout|stderr)$/i,
  /(?:^|\/)attempt_\d+\/(\d+)\/(?:stdout|stderr)\.log$/,
  /(?:^|\/)(?:[^/]*[._-])?rank[._-]?(\d+)\.(?:log|out|err|txt)$/i,
  /(?:^|\/)slurm-\d+_(\d+)\.(?:out|err)$/,
];

const deepest = 4;
/** A folder with more names than this holds data, not logs. */
const mostNames = 2000;

/** The rank that a file's path names; undefined where it names none. */
export function maybeRank(file: string): number | undefined {
  const names = unpackedName(file.split(path.sep).join('/'));
  for (const shape of shapes) {
    const match = shape.exec(names);
    if (match) return maybeRankNumber(match[1]);
  }
  return undefined;
}

/**
 * The files of single ranks that belong to a log: those below its folder, or, where it is such a file itself, its
 * siblings. Sorted by rank, then path. What cannot be listed is left out.
 */
export function readRankFiles(log: string): RankFile[] {
  const isOne = maybeRank(log) !== undefined;
  const shape = shapes.find((candidate) => candidate.test(unpackedName(log.split(path.sep).join('/'))));
  const isInRankFolder =
    isOne && /(?:^|\/)(?:rank[._-]?\d+|attempt_\d+\/\d+)\/[^/]+$/i.test(log.split(path.sep).join('/'));
  const folder = isInRankFolder ? path.dirname(path.dirname(log)) : path.dirname(log);
  const files: RankFile[] = [];
  for (const file of listBelow(folder, isOne && !isInRankFolder ? 0 : deepest)) {
    const rank = maybeRank(file);
    if (rank === undefined || file === log) continue;
    if (
      isOne
        ? shape?.test(unpackedName(file.split(path.sep).join('/')))
        : path.dirname(file) !== folder || isNamedAlike(file, log)
    )
      files.push({ path: file, rank });
  }
  return files.sort((a, b) => a.rank - b.rank || (a.path < b.path ? -1 : 1));
}

/** Beside a log, `EXP.log`, only `EXP.rank-3.log` or a plain `rank-3.log` is one of its ranks. */
function isNamedAlike(file: string, log: string): boolean {
  const name = path.basename(file);
  return /^(?:rank|slurm-)/i.test(name) || name.startsWith(path.basename(withoutEnding(log)));
}

function listBelow(folder: string, depth: number): string[] {
  const names = namesIn(folder);
  const files: string[] = [];
  for (const name of names) {
    const below = path.join(folder, name);
    if (maybeRank(below) !== undefined) files.push(below);
    else if (
      depth > 0 &&
      !name.startsWith('.') &&
      !path.extname(name).match(/^\.(?:log|out|err|txt|json|pdf|csv|gz|h5|keras|pt|ckpt|xlsx|db)$/)
    ) {
      files.push(...listBelow(below, depth - 1));
    }
  }
  return files;
}

function namesIn(folder: string): string[] {
  try {
    const names = readdirSync(folder);
    if (names.length > mostNames) return [];
    const all = new Set(names);
    return names.filter((name) => !isSpare(name, all)).sort();
  } catch {
    // Not a folder, or not ours to list: there is nothing to add to the log.
    return [];
  }
}
