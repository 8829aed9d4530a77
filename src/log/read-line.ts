/** A line of a log with what was made of it, for people. */
import type { TrainerName } from '../experiment.js';
import type { LogEvent } from './event.js';
import type { StreamKind } from './stream.js';

/** One line, and how it was read. `by` is null where it was not understood. */
export interface ReadLine {
  readonly offset: number;
  readonly rank: number | null;
  readonly stream: StreamKind;
  readonly text: string;
  readonly by: TrainerName | 'common' | null;
  /** Which of a dialect's patterns understood it, where it says so. */
  readonly how: string | undefined;
  readonly events: readonly LogEvent[];
}

/** Is told of every line. */
export type Observe = (line: ReadLine) => void;
