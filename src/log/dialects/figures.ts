import type { Emit, Figures } from '../event.js';
import { isFigureLike, maybeNumber } from '../numbers.js';

/** A name as printed, and the text that was printed as its value. */
export type Pair = readonly [name: string, text: string];

/**
 * The figures among `pairs`: timing and bookkeeping (`time`, `grad_norm`, `eval_runtime`, …) left out, as are texts
 * that were never meant as figures; one that was, but is no number, is told as `skipped_value`.
 */
export function readFigures(pairs: Iterable<Pair>, emit: Emit): Map<string, number> {
  const figures = new Map<string, number>();
  for (const [name, text] of pairs) {
    if (isBookkeeping(name)) continue;
    const value = maybeNumber(text);
    if (value !== undefined) figures.set(name, value);
    else if (isFigureLike(text)) emit({ kind: 'skipped_value' });
  }
  return figures;
}

/** Whether a figure of this name tells about the program's work rather than about the model. */
export function isBookkeeping(name: string): boolean {
  return bookkeeping.test(name);
}

const bookkeeping =
  /^(?:(?:train|val|valid|eval|test)[_/])?(?:(?:batch|data|epoch|iter|step|elapsed|total|wall|train|load)?_?time(?:_\(\w+\))?|data|epochs?|(?:global_?)?steps?|iter(?:ation)?s?|batch|eta|memory|mem|max[_ ]mem|grad_?norm|gnorm|v_num|split_idx|speed|samples|num_updates|wall|train_wall|wps|ups|wpb|bsz|oom|clip|gb_free|took|elapsed|duration|runtime|dur|gpu_mem|n_parameters|timestamp|num_input_tokens_seen|.*_runtime|.*_per_second)$|\/s(?:ec)?$|^m?s\/\w+$/i;

/** The same figures under `prefix` + name, but for names that already say which part of the data they are of. */
export function withPhase(phase: 'train' | 'val', figures: Figures): Map<string, number> {
  return new Map([...figures].map(([name, value]) => [hasPhase(name) ? name : `${phase}_${name}`, value]));
}

function hasPhase(name: string): boolean {
  return /^(?:train|val|valid|validation|eval|dev|test)(?:ing)?[_/ -]|^(?:lr|learning_rate)$/i.test(name);
}
