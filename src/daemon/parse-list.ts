import type { Config } from '../config.js';
import { ChildError } from './child-error.js';
import type { Jobs } from './jobs.js';
import type { ParsedBeside } from './parse-beside.js';

export interface ParseListOptions {
  /** Their number decides how many logs are worked on at once. */
  readonly jobs: Jobs;
  /** Absolute. */
  readonly root: string;
  /** Absolute paths. */
  readonly logs: readonly string[];
  readonly config: Config;
  readonly onDone: (log: string, parsed: ParsedBeside) => void;
  /** Once true, no further log is begun. */
  readonly isOver?: () => boolean;
}

export interface ParsedList {
  readonly written: number;
  /** They had a package of this very state already. */
  readonly present: number;
  readonly failed: number;
  /** Why no further log was begun: the disk takes no more; null where all were. */
  readonly stoppedBy: string | null;
}

/** Reads logs in child processes, so that one that crashes its reader does not keep the others from being read. */
export async function parseList(options: ParseListOptions): Promise<ParsedList> {
  const { jobs, logs, onDone, isOver = () => false } = options;
  const counts = { written: 0, present: 0, failed: 0 };
  let stoppedBy: string | null = null;
  let begun = 0;
  const parseOn = async (): Promise<void> => {
    while (stoppedBy === null && !isOver()) {
      const log = logs[begun++];
      if (log === undefined) return;
      const parsed = await parseOne(options, log);
      if (isOver() && parsed.state === 'failed') return;
      counts[parsed.state] += 1;
      onDone(log, parsed);
      // Every further log would fail in the same way, and cost as much as one that succeeds.
      if (parsed.state === 'failed' && (parsed.trouble === 'disk_full' || parsed.trouble === 'quota')) {
        stoppedBy ??= parsed.message;
      }
    }
  };
  await Promise.all(Array.from({ length: jobs.size }, parseOn));
  return { ...counts, stoppedBy };
}

async function parseOne({ jobs, root, config }: ParseListOptions, log: string): Promise<ParsedBeside> {
  try {
    return await jobs.parseBeside({ root, log, config });
  } catch (error) {
    if (!(error instanceof ChildError)) throw error;
    return { state: 'failed', message: `${log}: the reader gave up: ${error.message}`, trouble: null };
  }
}
