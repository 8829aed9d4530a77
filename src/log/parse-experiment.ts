/** The log of an experiment together with the files that single ranks have of their own. */
import path from 'node:path';
import type { Run } from '../experiment.js';
import { mergeRanks } from './merge-ranks.js';
import { type ParseOptions, parseLog } from './parse-log.js';
import { maybeRank, readRankFiles } from './rank-files.js';

/** Reads an experiment. Throws the file system's errors for the log itself; a rank's file that cannot be read, or is a link, which might lead to anybody's file, is noted. */
export function parseExperiment(log: string, options: ParseOptions = {}): Run {
  const rank = maybeRank(log);
  const main = parseLog(log, rank === undefined ? options : { ...options, rank });
  const run: Run = rank !== undefined && main.launcher === 'none' ? { ...main, launcher: 'rank_files' } : main;
  const unreadable: string[] = [];
  const parts = readRankFiles(log).flatMap((file) => {
    const name = path.relative(path.dirname(log), file.path);
    try {
      return [
        { rank: file.rank, file: name, run: parseLog(file.path, { ...options, rank: file.rank, mayBeLink: false }) },
      ];
    } catch (error) {
      unreadable.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
  });
  const merged = parts.length > 0 ? mergeRanks(run, parts) : run;
  return unreadable.length > 0
    ? { ...merged, receipt: { ...merged.receipt, notes: [...merged.receipt.notes, ...unreadable] } }
    : merged;
}
