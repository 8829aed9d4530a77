/** A program's own prefix in front of each of its whole lines, or none. */
import type { PieceTaker } from '../unweave.js';
import { type Block, holdBytes, newline, type Splitter } from './splitter.js';

export interface PrefixStyle {
  /** Finds the prefix at the start of a line (latin1). Without one every line is of one rank. */
  readonly prefix?: FindPrefix;
  /** That one rank; 0 where absent. */
  readonly rank?: number;
}

/** The rank that a line's prefix names, and the prefix's length; undefined for a line without one. */
export type FindPrefix = (line: string) => { readonly rank: number; readonly length: number } | undefined;

const prefixBytes = 160;

export function linePrefixSplitter(style: PrefixStyle): (unweaver: PieceTaker) => Splitter {
  const { prefix } = style;
  return (unweaver) => {
    const launcher = unweaver.stream(null, 'launcher');
    const only = unweaver.stream(style.rank ?? 0, 'stdout');
    let open = only;
    let isOpen = false;

    const split = (block: Block): number => {
      const { bytes, to, final } = block;
      unweaver.open(bytes, block.locate);
      let position = block.from;
      for (;;) {
        const at = bytes.indexOf(newline, position);
        const ended = at >= 0 && at < to;
        if (!ended && !final && to - position < holdBytes) return position;
        const end = ended ? at : to;
        if (end === position && !ended) return position;
        let start = position;
        if (!isOpen) {
          const found = prefix?.(bytes.toString('latin1', position, Math.min(end, position + prefixBytes)));
          open = found ? unweaver.stream(found.rank, 'stdout') : prefix ? launcher : only;
          start += found?.length ?? 0;
        }
        unweaver.append(open, start, end);
        position = end;
        isOpen = !ended;
        if (!ended) return position;
        unweaver.endLine(open);
        position += 1;
      }
    };

    return { split };
  };
}
