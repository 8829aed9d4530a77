/**
 * Open MPI up to 4 gives a chunk with its tags 8,192 bytes, and drops what does not fit (ORTE_IOF_BASE_TAGGED_OUT_MAX in
 * orte/mca/iof/base/base.h): a rank that prints hundreds of very short lines at once loses some, a tag may be cut.
 */
import type { Stream } from '../unweave.js';

const mostBytes = 8192;
/** A chunk is at most this long without its tags, so that it only overflows where these take more than the rest. */
const chunkBytes = 4096;
/** With fewer tags, even the longest, nothing overflows. */
const fewestTags = 100;

export const droppedOutput = 'mpirun dropped output of this rank before or in this line';

export interface DropWatch {
  /**
   * A tag of `stream` begins at an offset of the log, `begins`: at the start of a line, else it surely begins a chunk;
   * returns the stream that lost the end of its chunk right before it.
   */
  tag(stream: Stream, offset: number, length: number, begins: boolean): Stream | undefined;
}

/** Watches where tags stand. */
export function dropWatch(): DropWatch {
  /** Where the tags began that may belong to the present chunk. */
  const starts: number[] = [];
  let present: Stream | undefined;
  return {
    tag(stream, offset, length, begins) {
      let lost: Stream | undefined;
      if (starts.length >= fewestTags) {
        const first = starts.indexOf(offset - mostBytes);
        if (first >= 0 && (starts.length - first) * length > mostBytes - chunkBytes) lost = present;
        // In order, so that those out of reach come first.
        while (starts.length > 1000 && (starts[0] as number) <= offset - mostBytes) starts.shift();
      }
      if (stream !== present || lost || !begins) starts.length = 0;
      present = stream;
      starts.push(offset);
      return lost;
    },
  };
}
