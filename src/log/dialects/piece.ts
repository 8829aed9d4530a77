import type { Emit } from '../event.js';
import type { EpochTracker } from './epoch-tracker.js';
import { afterLoggerPrefix } from './logger-prefix.js';
import type { Precision } from './precision.js';

/** A stretch of one rank's text that holds at most one record, and what a record reader needs to judge it. */
export interface Piece {
  readonly text: string;
  /** The text behind what a logger put before it. */
  readonly message: string;
  /** false: something else follows without a newline, or the log ends here; the last figure may have been cut. */
  readonly endsLine: boolean;
  readonly tracker: EpochTracker;
  readonly precision: Precision;
  readonly emit: Emit;
}

/** A piece of a text; what a logger put before it is only looked for where a reader asks. */
export function pieceOf(text: string, endsLine: boolean, rest: Pick<Piece, 'tracker' | 'precision' | 'emit'>): Piece {
  return new TextPiece(text, endsLine, rest);
}

class TextPiece implements Piece {
  readonly text: string;
  readonly endsLine: boolean;
  readonly tracker: EpochTracker;
  readonly precision: Precision;
  readonly emit: Emit;
  #message: string | undefined = undefined;

  constructor(text: string, endsLine: boolean, { tracker, precision, emit }: Parameters<typeof pieceOf>[2]) {
    this.text = text;
    this.endsLine = endsLine;
    this.tracker = tracker;
    this.precision = precision;
    this.emit = emit;
  }

  get message(): string {
    this.#message ??= afterLoggerPrefix(this.text);
    return this.#message;
  }
}

/** Reads the records of one shape; returns whether the piece is one, trusted or not. */
export type PieceReader = (piece: Piece) => boolean;

/** Whether the last figure of a piece, which nothing closes, is there to its last digit; a doubt is told. */
export function isLastFigureWhole(piece: Piece, name: string, text: string): boolean {
  if (piece.endsLine && !piece.precision.isCut(name, text)) return true;
  piece.emit({ kind: 'doubt', what: `a record that ends in the figure ${name} may be cut` });
  return false;
}

/** Whether a validation that names no epoch comes behind another one; a doubt is told. */
export function isSecondValidation({ tracker, emit }: Pick<Piece, 'tracker' | 'emit'>): boolean {
  if (tracker.isSummarised) emit({ kind: 'doubt', what: 'a second validation behind the same training' });
  return tracker.isSummarised;
}
