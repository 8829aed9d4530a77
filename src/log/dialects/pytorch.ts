import type { Dialect, Emit, RankReader } from '../event.js';
import { createMeterReaders, readStarSummary } from './average-meter.js';
import { createCifarBarReader } from './cifar-bar.js';
import { createDcganReader } from './dcgan.js';
import { readEarlyStop } from './early-stop.js';
import { createEpochBlockReader } from './epoch-block.js';
import { createSummaryReader } from './epoch-summary.js';
import { createTableReader } from './epoch-table.js';
import { createEpochTracker, type EpochTracker } from './epoch-tracker.js';
import { type PieceReader, pieceOf } from './piece.js';
import { createPrecision } from './precision.js';
import { createTrainEpochReader, readTestSet } from './pytorch-examples.js';
import { createMixedTracker, doubtValidation } from './pytorch-mixed.js';
import { createQuickstartReader, createRunningLossReader } from './pytorch-tutorials.js';
import { createObjectReader } from './record-object.js';
import { parseTqdm } from './tqdm.js';
import { createBarReader, descriptionStart } from './tqdm-epochs.js';

/** Training loops in plain PyTorch or Horovod: the usual examples, average meters, tqdm bars, a line for each epoch. */
export const pytorch: Dialect = {
  name: 'pytorch',
  signatures: [
    { pattern: /Train Epoch: *\d+ \[ *\d+\/\d+ \(/g, weight: 20 },
    { pattern: /Test set: Average loss: /g, weight: 20 },
    { pattern: /(?:Epoch|Train|TRAIN):? ?\[\d+(?:\/\d+)?\] {0,2}\[ *\d+\/\d+\]/g, weight: 20 },
    { pattern: /(?:Train|Validate) Epoch +#\d+: +\d+%\|/g, weight: 20 },
    { pattern: /\b[Ee]poch[ :=#[(]{0,4}\d+[^\n\r]{0,60}[Ll]oss/g, weight: 1 },
    { pattern: /\b(?:train|val|valid|validation)(?:ing)?\.? loss[:=]? *[\d.]/gi, weight: 5 },
    { pattern: /^[ \t=*#>-]*(?:train|val(?:id(?:ation)?)?)(?:ing)?\W{1,4}(?:avg\.? |average )?loss\b/gim, weight: 1 },
    { pattern: /^\[\d+\/\d+\] ?\[\d+\/\d+\]\s+Loss_D: /gm, weight: 20 },
    { pattern: /\] +Step: \S+ \| Tot: \S+ \| /g, weight: 20 },
    { pattern: /\[\d+, +\d+\] +loss: [\d.]/g, weight: 5 },
    { pattern: /^loss: [\d.]+ +\[ *\d+\/ *\d+\]|^Test Error: /gm, weight: 5 },
    { pattern: /^[^\w\r\n]*\[ *\d+\/ *\d+\]:? +train[ _]loss\b|(?:^|[:\]] )(?:train|val)_loss:? +-?\d/gm, weight: 1 },
    { pattern: /\b[Ee]poch[ :=#]*\d+: \{'\w+': [\d.]/g, weight: 1 },
    // Records as objects, and the headers of tables.
    // To the epoch only: looking for the closing bracket too costs the square of a long line that has none.
    { pattern: /\{[^{}\n]{0,4000}["']epoch["']: *\d+/g, weight: 1 },
    { pattern: /^[^\d\n]{0,60}\bepoch\b[^\d\n]{1,200}(?:loss|acc)/gim, weight: 1 },
  ],
  updates: 'all',
  reader: () => {
    const meters = createMeterReaders();
    return createReader(createEpochTracker(), createBarReader(), [
      createTrainEpochReader(),
      readTestSet,
      meters.training,
      meters.validation,
      readStarSummary,
      meters.averagedStats,
      createObjectReader(),
      createSummaryReader(),
      createRunningLossReader(),
      createDcganReader(),
      createCifarBarReader(),
      createQuickstartReader(),
      createEpochBlockReader(),
      createTableReader(),
      readEarlyStop,
    ]);
  },
  mixedReader: () =>
    createReader(createMixedTracker(), () => {}, [
      createTrainEpochReader(),
      createMeterReaders().training,
      doubtValidation,
      createObjectReader(),
      createSummaryReader(),
      readEarlyStop,
    ]),
};

function createReader(
  tracker: EpochTracker,
  readBar: ReturnType<typeof createBarReader>,
  readers: readonly PieceReader[],
): RankReader {
  const precision = createPrecision();

  const readText = (text: string, endsLine: boolean, emit: Emit): boolean => {
    const around = { tracker, precision, emit };
    const { bars, rest } = parseTqdm(text);
    let isUnderstood = bars.length > 0;
    for (const bar of bars) {
      // What stands before a bar in the same text was glued to it, so that its last figure may lack digits.
      const before = pieceOf(bar.before.slice(0, descriptionStart(bar.before)), false, around);
      if (before.text.trim() !== '') readers.some((read) => read(before));
      readBar(bar, around);
    }
    if (rest.trim() !== '') {
      const piece = pieceOf(rest, endsLine, around);
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
