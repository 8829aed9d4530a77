import { createEpochBase } from './epoch-base.js';
import { levels } from './epoch-tracker.js';
import { readFigures } from './figures.js';
import type { Piece } from './piece.js';
import { maybeHeader, maybeRow, type TableHeader } from './table-cells.js';

/**
 * A table with a row for each epoch, below a header that names its columns, one of them `epoch`: fastai's, skorch's, Chainer's,
 * comma- or tab-separated values, boxes of any kind.
 */
export function createTableReader(): (piece: Piece) => boolean {
  let base = createEpochBase();
  let header: TableHeader | null = null;
  /** The epoch of the last row, from 1. */
  let latest: number | null = null;
  let isFirstRow = true;
  /** Something else stands between the header and its first row: a row that was damaged, perhaps. */
  let isGap = false;
  return (piece) => {
    const text = piece.message;
    const found = maybeHeader(text);
    if (found) {
      // Two headers without a row between are two ranks'.
      if (header !== null && isFirstRow) piece.emit({ kind: 'foreign' });
      header = found;
      isFirstRow = true;
      isGap = false;
      return true;
    }
    if (header === null) return false;
    if (/^[\s+|=─━┼├┤╇┡┩┴└┘┌┐┏┓┳╞╪╡┬-]+$/.test(text)) return true;
    const cells = maybeRow(text, header);
    isGap ||= cells === undefined;
    if (cells === undefined) return false;
    const [, printed = '', total] = /^(\d+)(?:\/(\d+))?$/.exec(cells.epoch) ?? [];
    if (printed === '') return false;
    const { tracker, emit } = piece;
    if (isFirstRow && Number(printed) <= 1) base = createEpochBase();
    const { epoch, planned } = base.read(Number(printed), total === undefined ? null : Number(total));
    const isNext =
      tracker.epoch === null
        ? Number(printed) <= 1 || !isGap
        : epoch === tracker.epoch + 1 || (isFirstRow && epoch === 1);
    // A table of the best epochs, or one that repeats what other lines have told already.
    if (!isNext || tracker.epoch !== latest) {
      if (epoch === latest || epoch + 1 === latest) emit({ kind: 'foreign' });
      emit({ kind: 'doubt', what: `a row of epoch ${printed} that does not follow the one before` });
      return true;
    }
    if (!piece.endsLine) {
      emit({ kind: 'doubt', what: 'a row that may be cut' });
      return true;
    }
    isFirstRow = false;
    latest = epoch;
    tracker.begin(epoch, emit, planned);
    tracker.record({ level: levels.summary, figures: readFigures(cells.pairs, emit), isLast: true }, emit);
    return true;
  };
}
