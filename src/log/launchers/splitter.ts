/** How a launcher's output is cut into pieces of streams. */
import type { PieceTaker } from '../unweave.js';

/** A part of the log in memory: bytes[from, to) is unread. */
export interface Block {
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
  /** The byte offset in the log of a position. */
  readonly locate: (position: number) => number;
  /** Nothing will ever follow `to`. */
  readonly final: boolean;
}

/** The bytes of the log from `offset` on, a few MiB of them; `isWhole`: however the log grows, they stay as they are. */
export type LookAhead = (offset: number) => { readonly bytes: Buffer; readonly isWhole: boolean };

export interface Splitter {
  /** Hands the pieces of a block to the unweaver; returns the position up to which it is done. */
  split(block: Block): number;
}

export type SplitterFactory = (unweaver: PieceTaker, lookAhead: LookAhead) => Splitter;

/** The byte that ends a line. */
export const newline = 10;

/** A piece without tags may be this long before it is handed on unfinished. */
export const holdBytes = 64 * 1024;
