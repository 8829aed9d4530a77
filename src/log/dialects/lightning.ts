import type { Dialect, Emit, RankReader } from '../event.js';
import { maybeNumber } from '../numbers.js';
import { createSummaryReader } from './epoch-summary.js';
import type { Pair } from './figures.js';
import { parseBars, parseRichWords } from './lightning-bars.js';
import { createLightningEpochs } from './lightning-epochs.js';
import { readMessage } from './lightning-messages.js';
import { pieceOf } from './piece.js';
import { createPrecision } from './precision.js';

/** PyTorch Lightning: its tqdm and rich bars and the lines of its callbacks; epochs from 0. */
export const lightning: Dialect = {
  name: 'lightning',
  signatures: [
    { pattern: /`?Trainer\.fit`? stopped: |Sanity Checking|GPU available: |GLOBAL_RANK: \d+, MEMBER: /g, weight: 1000 },
    {
      pattern: /Epoch \d+, global step \d+: |Validation DataLoader \d+: |LOCAL_RANK: \d+ - CUDA_VISIBLE_DEVICES/g,
      weight: 1000,
    },
    { pattern: /\[rank: \d+\] |, v_num=/g, weight: 10 },
  ],
  updates: 'all',
  reader: createLightningReader,
};

function createLightningReader(): RankReader {
  const epochs = createLightningEpochs();
  const readSummary = createSummaryReader(0);
  const precision = createPrecision();
  // A rich bar's figures may go on in the lines below it, behind blanks as wide as the bar.
  let isBarOpen = false;
  let openName: string | null = null;
  // rich prints all figures with the same number of decimals.
  const isWholeFigure = ([, text]: Pair): boolean => !precision.isCut('rich', text);

  const readText = (text: string, isLineEnd: boolean, isWhole: boolean, emit: Emit): boolean => {
    const { bars, messages } = parseBars(text);
    for (const [index, bar] of bars.entries()) {
      // tqdm's bars end in a bracket; of rich's nobody knows where they end.
      if (bar.style === 'rich' && !isWhole && messages.length === 0) continue;
      const figures = bar.style === 'rich' ? bar.figures.filter(isWholeFigure) : bar.figures;
      epochs.bar({ ...bar, figures }, isLineEnd && index === bars.length - 1 && messages.length === 0, emit);
    }
    isBarOpen = bars.at(-1)?.style === 'rich' && isLineEnd;
    openName = bars.at(-1)?.openName ?? null;
    let isUnderstood = bars.length > 0;
    for (const message of messages) {
      const piece = pieceOf(message, isLineEnd, { tracker: epochs.summaries, precision, emit });
      isUnderstood = readMessage(message, epochs, emit) || readSummary(piece) || isUnderstood;
    }
    return isUnderstood;
  };

  return {
    line({ text, terminated }, emit) {
      const words = isBarOpen && terminated && /^ {20,}\S/.test(text) ? parseRichWords(text, openName) : undefined;
      if (words?.pairs.every(([, value]) => maybeNumber(value) !== undefined)) {
        openName = words.openName;
        epochs.moreFigures(words.pairs.filter(isWholeFigure), emit);
        return true;
      }
      return readText(text, terminated, terminated, emit);
    },
    update(text, emit) {
      readText(text, false, true, emit);
    },
  };
}
