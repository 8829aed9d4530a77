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

  /** Epochs that a record may belong to: a header of the next epoch closes one of this. */
  const open = new Set<number>();
  const review = (epoch: number): void => {
    if (count(begun, epoch) > Math.max(count(ended, epoch), count(begun, epoch + 1))) open.add(epoch);
    else open.delete(epoch);
  };

  return {
    line(line, emit) {
      const text = line.text.trim();
      const begins = header.exec(text);
      if (begins) {
        const epoch = Number(begins[1]);
        begun.set(epoch, count(begun, epoch) + 1);
        review(epoch);
        review(epoch - 1);
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
      const [epoch] = open;
      if (epoch === undefined || open.size > 1) {
        emit({ kind: 'doubt', what: 'a record of one of several epochs' });
        return true;
      }
      ended.set(epoch, count(ended, epoch) + 1);
      review(epoch);
      names = these;
      emit(figuresOf(bar, epoch, true));
      return true;
    },
  };
}
