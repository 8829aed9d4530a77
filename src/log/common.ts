/** What any program, launcher or scheduler may print, whatever the trainer is. */
import { createEndReader } from './ends.js';
import type { LogEvent } from './event.js';
import { createFactReader } from './facts.js';
import type { StreamKind } from './unweave.js';

/** Reads lines of every stream, keeping a small state per stream. */
export interface CommonReader {
  /** `words`: which kinds of common words the text has, where it was looked through already. */
  line(text: string, stream: StreamKind, rank: number | null, words?: number): LogEvent | undefined;
}

/** One of each, tried in turn on every line that the dialect did not understand. */
export const commonReaders: readonly (() => CommonReader)[] = [createEndReader, createFactReader];
