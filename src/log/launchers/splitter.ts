/** How a launcher's output is cut into pieces of streams. */
import type { Unweaver } from '../unweave.js';

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

/** Looks ahead in the log: whether `tag` begins a line in the bytes after `offset`; undefined where the log may still grow to say so. */
export type Probe = (tag: Buffer, offset: number) => boolean | undefined;

export interface Splitter {
  /** Hands the pieces of a block to the unweaver; returns the position up to which it is done. */
  split(block: Block): number;
}

export type SplitterFactory = (unweaver: Unweaver, probe: Probe) => Splitter;

/** The byte that ends a line. */
export const newline = 10;

/** A piece without tags may be this long before it is handed on unfinished. */
export const holdBytes = 64 * 1024;
