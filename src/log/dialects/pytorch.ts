import type { Dialect, Emit, RankReader } from '../event.js';
import { createAverageMeterReader, readAveragedStats, readStarSummary, readTestMeter } from './average-meter.js';
import { readEarlyStop } from './early-stop.js';
import { createEpochBlockReader } from './epoch-block.js';
import { createSummaryReader } from './epoch-summary.js';
import { createEpochTracker, type EpochTracker } from './epoch-tracker.js';
import type { Piece, PieceReader } from './piece.js';
import { createPrecision } from './precision.js';
import { createTrainEpochReader, readTestSet } from './pytorch-examples.js';
import { createMixedTracker, doubtValidation } from './pytorch-mixed.js';
import { parseTqdm } from './tqdm.js';
import { createBarReader, descriptionStart } from './tqdm-epochs.js';

/** Training loops in plain PyTorch or Horovod: the usual examples, average meters, tqdm bars, a line for each epoch. */
export const pytorch: Dialect = {
  name: 'pytorch',
  signatures: [
    { pattern: /Train Epoch: *\d+ \[ *\d+\/\d+ \(/g, weight: 20 },
    { pattern: /Test set: Average loss: /g, weight: 20 },
    { pattern: /(?:Epoch|Train|TRAIN):? ?\[\d+\] ?\[ *\d+\/\d+\]/g, weight: 20 },
    { pattern: /(?:Train|Validate) Epoch +#\d+: +\d+%\|/g, weight: 20 },
    { pattern: /\b[Ee]poch[ :=#[(]{0,4}\d+[^\n\r]{0,60}[Ll]oss/g, weight: 1 },
    { pattern: /\b(?:train|val|valid|validation)(?:ing)?\.? loss[:=]? *[\d.]/gi, weight: 5 },
  ],
  updates: 'all',
  reader: () =>
    createReader(createEpochTracker(), createBarReader(), [
      createTrainEpochReader(),
      readTestSet,
      createAverageMeterReader(),
      readTestMeter,
      readStarSummary,
      readAveragedStats,
      createSummaryReader(),
      createEpochBlockReader(),
      readEarlyStop,
    ]),
  mixedReader: () =>
    createReader(createMixedTracker(), () => {}, [
      createTrainEpochReader(),
      createAverageMeterReader(),
      doubtValidation,
      createSummaryReader(),
      readEarlyStop,
    ]),
};

function createReader(
  tracker: EpochTracker,
  readBar: ReturnType<typeof createBarReader>,
  readers: readonly PieceReader[],
): RankReader {
  const state = { tracker, precision: createPrecision() };

  const readText = (text: string, endsLine: boolean, emit: Emit): boolean => {
    const { bars, rest } = parseTqdm(text);
    let isUnderstood = bars.length > 0;
    for (const bar of bars) {
      // What stands before a bar in the same text was glued to it, so that its last figure may lack digits.
      const before: Piece = {
        text: bar.before.slice(0, descriptionStart(bar.before)),
        endsLine: false,
        emit,
        ...state,
      };
      if (before.text.trim() !== '') readers.some((read) => read(before));
      readBar(bar, { endsLine: true, emit, ...state });
    }
    if (rest.trim() !== '') {
      const piece: Piece = { text: rest, endsLine, emit, ...state };
      isUnderstood = readers.some((read) => read(piece)) || isUnderstood;
    }
    return isUnderstood;
  };

  return {
    line: (line, emit) => readText(line.text, line.terminated, emit),
    update: (text, emit) => {
      readText(text, false, emit);
    },
  };
}
