/** Each launcher's rule, applied to one byte after the other. Slow, and as plain as the rules are. */
import type { LauncherName } from '../../src/experiment.js';
import type { Launcher } from '../../src/log/launchers/index.js';
import { splitAtBrackets } from './brackets.js';
import { splitByEvidence } from './evidence.js';
import { splitAtMpiTags } from './mpi-tags.js';
import { splitByPrefix } from './prefixes.js';
import type { StreamLine } from './streams.js';

/** A log in memory, without what a log service put around it. */
export interface Source {
  readonly bytes: Buffer;
  /** The same, a character a byte. */
  readonly text: string;
  /** Where in the log the byte at a position stands. */
  readonly offsetAt: (position: number) => number;
}

export interface DemultiplexOptions {
  readonly name: LauncherName;
  readonly launcher: Launcher;
  /** A program's own prefix, with a group `rank`. */
  readonly rankPrefix?: string | undefined;
  /** Whose log it is where it has no tags. */
  readonly rank?: number | undefined;
}

/** All lines of all streams, in the order in which they ended; those that the log leaves unfinished come last. */
export function demultiplex(source: Source, options: DemultiplexOptions): StreamLine[] {
  const { name, launcher, rankPrefix, rank = 0 } = options;
  switch (name) {
    case 'openmpi':
    case 'horovodrun':
    case 'sagemaker':
      return splitAtMpiTags(source, { atLineStartOnly: false, blankBehind: false });
    case 'prrte':
      return splitAtMpiTags(source, { atLineStartOnly: true, blankBehind: true });
    case 'torchrun':
      return splitAtBrackets(source, /\[(?<name>[A-Za-z_]{1,40})(?:\d{1,6}\|)?(?<rank>\d{1,9})\]:/y, launcher.pairBase);
    case 'mpich':
    case 'srun':
      return splitByEvidence(source, launcher);
    case 'custom':
      return splitByPrefix(source, { prefix: new RegExp(`(?:${rankPrefix})`, 'y'), rank: 0 });
    case 'rank_files':
    case 'none':
      return splitByPrefix(source, { rank });
  }
}
