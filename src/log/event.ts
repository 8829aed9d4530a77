/**
 * What a dialect says about one line of one rank. Dialects know no file, no clock and no other rank;
 * the fold knows no format.
 */
import type { RankEnd, TrainerName } from '../experiment.js';

/** Names as printed and what was printed for them, in the order printed; NaN and ±Infinity are data. */
export type Figures = ReadonlyMap<string, number>;

export type LogEvent =
  /** Epoch `epoch` (from 1) begins. A step back opens a segment or voids later epochs; see the fold. */
  | {
      readonly kind: 'epoch';
      readonly epoch: number;
      readonly planned: number | null;
      /** No header says so: it can only be the first, as long as no line was lost. */
      readonly isInferred?: true;
    }
  /** Figures of an epoch (null: the one that was begun last). */
  | {
      readonly kind: 'figures';
      readonly epoch: number | null;
      readonly figures: Figures;
      /** true: the epoch's own record, false: a progress update, which only counts as long as no record comes. */
      readonly final: boolean;
      /** true: add to what the epoch's record has; false: replace it. */
      readonly merge: boolean;
      /** The figures stood in the log before, so that the record stays where it was. */
      readonly restated?: true;
      /** s for the epoch. */
      readonly seconds?: number;
      readonly secondsPerStep?: number;
      /** Steps done, and of how many. */
      readonly step?: number;
      readonly steps?: number;
      /** The last progress update before this record: what the rank itself saw. */
      readonly local?: Figures;
      /** Read from `RankLine.update`, not from the line's text. */
      readonly isOfUpdate?: true;
    }
  /** The record of the epoch that was begun last turns out not to be its own, or not its last: its figures are those of an update. */
  | { readonly kind: 'reopened' }
  /** `isDone`: the trainer says that all of these epochs were trained. */
  | { readonly kind: 'plan'; readonly epochs?: number; readonly steps?: number; readonly isDone?: true }
  | { readonly kind: 'early_stop'; readonly epoch: number | null }
  | { readonly kind: 'restored'; readonly epoch: number }
  /** Wall time of the whole training, s. */
  | { readonly kind: 'total_time'; readonly seconds: number }
  | { readonly kind: 'end'; readonly status: RankEnd['status']; readonly reason: string | null; readonly rank?: number }
  /** The run as a whole has this many ranks. */
  | { readonly kind: 'world_size'; readonly ranks: number }
  | { readonly kind: 'host'; readonly host: string; readonly rank?: number }
  | { readonly kind: 'job'; readonly id: string }
  /** A record that cannot be trusted: counted, with its offset, and not used. */
  | { readonly kind: 'doubt'; readonly what: string }
  /** Only another rank than the one at hand can have printed this, so that several share the stream without tags. */
  | { readonly kind: 'foreign' }
  /** A figure of this record is no number by the grammar; the others were kept. */
  | { readonly kind: 'skipped_value' };

/** Figures that are being put together: an optional part is set where it is known, since spreading it costs more than reading the line. */
export type FiguresDraft = { -readonly [Key in keyof FiguresEvent]: FiguresEvent[Key] };
type FiguresEvent = Extract<LogEvent, { readonly kind: 'figures' }>;

/** Whether what an event says only holds where no line was lost since the last header of an epoch. */
export function needsEpoch(event: LogEvent): boolean {
  return (
    event.kind === 'figures' || event.kind === 'early_stop' || (event.kind === 'epoch' && event.isInferred === true)
  );
}

export type Emit = (event: LogEvent) => void;

/** One line of one rank's stream: what would be visible of it on a terminal, and the update that it overwrote. */
export interface RankLine {
  /** Without ANSI escapes; `\r` and `\b` resolved to the last text that was not blank; no blanks at the end. */
  readonly text: string;
  /** The text that `text` overwrote in the same line (a progress update), else null. */
  readonly update: string | null;
  /** false: the log ends here without a newline, so the end may be missing. */
  readonly terminated: boolean;
  /** The text was joined from pieces between which another rank or stream printed. */
  readonly spliced: boolean;
  readonly stream: 'stdout' | 'stderr';
}

/** Reads the lines of one rank, keeping its own small state. */
export interface RankReader {
  /** Returns whether the line was understood; tells what it says through `emit`. */
  line(line: RankLine, emit: Emit): boolean;
  /** A text that was overwritten within its line; only called where the dialect asks for `updates`. */
  update?(text: string, emit: Emit): void;
  /** Which of several patterns understood the last line, for people. */
  readonly how?: string;
  /** What a text that may still be overwritten says of the epoch at hand; changes nothing. */
  peek?(text: string): Extract<LogEvent, { kind: 'figures' }> | undefined;
}

export interface Signature {
  readonly pattern: RegExp;
  readonly weight: number;
  /** A text that every match holds: without it in a part of the log, the pattern is not tried there. */
  readonly hint?: string;
}

/** How one trainer prints. One file a dialect; `dialects/index.ts` is the table. */
export interface Dialect {
  readonly name: TrainerName;
  /**
   * What only this trainer prints, tried on the log's bytes as latin1, not per line.
   * The dialect with the most matches × weight in the first part of the log that has any is chosen.
   */
  readonly signatures: readonly Signature[];
  /** 'last': only the last text of a line matters (everything overwritten is skipped unread); 'all': every update is wanted. */
  readonly updates: 'last' | 'all';
  /** `isAlone`: the log is of one rank, so that nobody will compare what the rank itself saw (`local`). */
  readonly reader: (isAlone?: boolean) => RankReader;
  /** For a log that several ranks wrote without any tag: only what is certain. Absent: nobody can tell. */
  readonly mixedReader?: () => RankReader;
}
