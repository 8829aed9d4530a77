import { isBookkeeping, type Pair } from './figures.js';

export type Phase = 'train' | 'val' | 'test';

/** A text that is a list of figures and nothing else. */
export interface FigureList {
  /** Names with the blanks replaced (`Val. Loss` → `val_Loss`), values as printed without unit, in order. */
  readonly pairs: readonly Pair[];
  /** The figure that ends the text with nothing to close it; null where a unit, bracket or delimiter stands behind it. */
  readonly last: Pair | null;
  /** One of the names is surely a metric, not a setting or a time. */
  readonly hasMetric: boolean;
}

/**
 * Reads `loss: 0.5, Val. Acc: 92.3%`, `train_loss 2.0 val_loss 1.6`, `Train Loss: 0.5 Acc: 0.9 | Val Loss: 0.4 Acc: 0.8`,
 * `Train: loss=0.5 Val: loss=0.4`, `{'loss': 0.5}`. A phase written as a word of its own holds until the next one; `ofPhase`
 * is the one that stands before the text. undefined where anything else stands in the text, or where a name comes twice.
 */
export function parseFigureList(printed: string, ofPhase?: Phase): FigureList | undefined {
  const text = printed.replace(quotedName, '$2:');
  const pairs = new Map<string, string>();
  let phase = ofPhase === undefined ? '' : `${ofPhase}_`;
  let at = 0;
  let last: Pair | null = null;
  while (at < text.length) {
    const rest = text.slice(at);
    const closing = /^[\s,|;)\]}*.·–-]*(?:\([^()=:]*\))?[\s)\]}|.]*$/.exec(rest);
    if (closing) {
      if (closing[0].trim() !== '') last = null;
      break;
    }
    const duration = bareDuration.exec(rest);
    if (duration) {
      at += duration[0].length;
      last = null;
      continue;
    }
    const section = sectionHeader.exec(rest);
    if (section) {
      phase = `${phaseOf(section[1])}_`;
      at += section[0].length;
      continue;
    }
    const item = namedFigure.exec(rest);
    if (!item) return undefined;
    const [whole, itsPhase, nameText = '', value = '', unit = ''] = item;
    if (itsPhase !== undefined) phase = `${phaseOf(itsPhase)}_`;
    const ownName = nameText.replace(averageOf, '').replaceAll('. ', '_').replaceAll(/\s+/g, '_');
    const name = ownsNoPhase.test(ownName) ? ownName : phase + ownName;
    if (pairs.has(name) || /epoch/i.test(name)) return undefined;
    const isDuration = isDurationUnit.test(unit.trim());
    if (!isDuration && !value.includes(':')) pairs.set(name, percentOf(value, unit) ?? value);
    at += whole.length;
    last = unit.trim() === '' && !value.includes(':') ? [name, value] : null;
  }
  return {
    pairs: [...pairs],
    last,
    hasMetric: [...pairs.keys()].some(isSurelyMetric),
  };
}

/** Whether a figure of this name tells about the model, and is no setting and no time. */
export function isSurelyMetric(name: string): boolean {
  return surelyMetric.test(name) && !isBookkeeping(name);
}

/** `540/1000 (54%)` counts as 54, as all other accuracies in percent do. */
function percentOf(value: string, unit: string): string | undefined {
  return /^\d+\/\d+$/.test(value) ? (/\(\s*([\d.]+)\s*%\)/.exec(unit)?.[1] ?? '') : undefined;
}

/** Which part of the data a word tells of. */
export function phaseOf(word = ''): Phase {
  if (/^tr/i.test(word)) return 'train';
  return /^te/i.test(word) ? 'test' : 'val';
}

const phaseWord = String.raw`(Train(?:ing)?|Val(?:id(?:ation)?)?\.?|Eval(?:uation)?|Dev|Test(?:ing)?)`;
const quotedName = /(['"])([A-Za-z][\w@/. -]*)\1\s*:/g;
/** The average of an epoch is what the others print without saying so. */
const averageOf = /^(?:avg|average|mean)\.?\s+(?=(?:loss|acc|accuracy)$)/i;
const separators = String.raw`^(?:\.(?=\s))?[\s,|;·–\])}]*(?:[-=]*>\s*|→\s*|-+\s+)?[\s,|;[({]*`;
const bareDuration = new RegExp(
  `${separators}(?:\\d+(?:\\.\\d+)? ?(?:ms|s|secs?|m|mins?)|\\d+(?::\\d\\d){1,2})(?=$|[\\s,|;)\\]])`,
);
const sectionHeader = new RegExp(
  `${separators}${phaseWord}\\s*(?:[:>|]|-+>?|\\(|\\[)\\s*(?=[A-Za-z][\\w@/.-]*\\s*[:=\\s]\\s*[-+]?[\\d.ni])`,
  'i',
);
// A name of one word, or of two or three where the first ones only qualify it, and its figure with its unit.
const namedFigure = new RegExp(
  `${separators}(?:${phaseWord}\\s+)?((?:(?:avg|average|mean|total|running|macro|micro|weighted|balanced|overall|learning|epoch|top|[dg](?=\\s+loss))\\.?\\s+){0,2}[A-Za-z][\\w@/.%+-]*?(?: ?\\([A-Za-z][\\w ]*\\)|@\\d+)?)(?:\\s*[:=]\\s*|\\s+)` +
    String.raw`([-+]?(?:\d+\/\d+|\d+(?::\d\d){1,2}|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|nan|inf(?:inity)?))` +
    String.raw`( ?%| ?\(\s*[\d.]+\s*%\)| ?(?:us|ms|s|sec|secs|seconds?|m|min|mins|minutes?|h|hours?)(?: ?\d+ ?s)?(?![\w/])| ?\((?:[^()=:]{0,24})\))?(?=$|[\s,|;)\]}]|\.\s)`,
  'i',
);
const ownsNoPhase = /^(?:train|val|valid|validation|eval|dev|test)[_/.]|^(?:lr|learning_rate|.*time)$/i;
const isDurationUnit = /^(?:us|ms|s|sec|secs|seconds?|m|min|mins|minutes?|h|hours?)\b/i;
const surelyMetric =
  /loss|acc|err|f1|iou|dice|dsc|auc|ap(?:_?\d+)?$|mae|mse|ppl|perplex|bleu|rouge|wer|cer|psnr|ssim|score|precision|recall|kappa|top_?\d|acc@|nll|elbo|reward|return|corr|fid|metric|recons/i;
