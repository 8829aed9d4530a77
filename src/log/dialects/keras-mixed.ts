/**
 * Keras on several ranks that share one stream without any tag. Whose record is whose cannot be known, and which epoch it
 * belongs to only where the headers leave one choice: a rank prints header k, record k, header k + 1.
 */
import type { RankReader } from '../event.js';
import { figuresOf, maybeBar } from './keras-bar.js';
import { callback, header } from './keras-lines.js';

export function kerasMixedReader(): RankReader {
  /** By epoch: headers seen, and records that can only be of that epoch. */
  const begun = new Map<number, number>();
  const ended = new Map<number, number>();
  let latest = 0;
  let names: string | undefined;

  const count = (counts: Map<number, number>, epoch: number): number => counts.get(epoch) ?? 0;

  /** The epoch that a record belongs to, where only one is open: a header of the next epoch closes one of this. */
  const maybeEpoch = (): number | undefined => {
    const open = [...begun.keys()].filter(
      (epoch) => count(begun, epoch) > Math.max(count(ended, epoch), count(begun, epoch + 1)),
    );
    return open.length === 1 ? open[0] : undefined;
  };

  return {
    line(line, emit) {
      const text = line.text.trim();
      const begins = header.exec(text);
      if (begins) {
        const epoch = Number(begins[1]);
        begun.set(epoch, count(begun, epoch) + 1);
        if (epoch > latest) {
          latest = epoch;
          emit({ kind: 'epoch', epoch, planned: Number(begins[2]) });
        }
        return true;
      }
      const bar = maybeBar(line.text);
      if (!bar) return callback(text, null, emit);
      if (bar.isUpdate || bar.step !== bar.steps || bar.figures.size === 0) return true;
      const these = [...bar.figures.keys()].join();
      if (bar.damage !== undefined || !line.terminated || (names !== undefined && names !== these)) {
        emit({ kind: 'doubt', what: bar.damage ?? 'a record that is not whole' });
        return true;
      }
      const epoch = maybeEpoch();
      if (epoch === undefined) {
        emit({ kind: 'doubt', what: 'a record of one of several epochs' });
        return true;
      }
      ended.set(epoch, count(ended, epoch) + 1);
      names = these;
      emit(figuresOf(bar, epoch, true));
      return true;
    },
  };
}
