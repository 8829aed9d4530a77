/** Trainers name the same figure differently; a workbook needs one column. */

/**
 * Canonical name of each printed name of one log, in the same order.
 *
 * Lower case, `/` → `_`; a leading `train_` goes; a leading `valid_`, `eval_`, `dev_`, `test_` becomes `val_`
 * (where the log has `val_` or `valid_` as well, `test_` stays); `acc`, `top1`, `acc@1` → `accuracy`,
 * `acc@5`, `top5` → `top5_accuracy`, `lr` → `learning_rate`. Where two printed names would fall together, the one
 * printed first has the canonical name and the other keeps its own.
 */
export function canonicalNames(printed: Iterable<string>): Map<string, string> {
  const names = [...printed];
  const hasValidation = names.some((name) => /^val(id)?[_/]/i.test(name));
  const taken = new Map<string, string>();
  const result = new Map<string, string>();
  const plain = (name: string): string => name.toLowerCase().replaceAll('/', '_').trim();
  // A name that is canonical already goes before one that would only become it (`loss` before `train_loss`).
  for (const name of names)
    if (canonicalName(name, hasValidation) === plain(name) && !taken.has(plain(name))) taken.set(plain(name), name);
  for (const name of names) {
    const canonical = canonicalName(name, hasValidation);
    const holder = taken.get(canonical);
    if (holder === undefined) taken.set(canonical, name);
    result.set(name, holder === undefined || holder === name ? canonical : plain(name));
  }
  return result;
}

function canonicalName(printed: string, hasValidation: boolean): string {
  let name = printed.toLowerCase().replaceAll('/', '_').trim();
  let prefix = '';
  const split = /^(train|val|valid|eval|dev|test)_(.+)$/.exec(name);
  if (split?.[1] && split[2]) {
    if (split[1] === 'test' && hasValidation) prefix = 'test_';
    else if (split[1] !== 'train') prefix = 'val_';
    name = split[2];
  }
  return prefix + (aliases.get(name) ?? name);
}

const aliases = new Map([
  ['acc', 'accuracy'],
  ['top1', 'accuracy'],
  ['acc@1', 'accuracy'],
  ['acc@5', 'top5_accuracy'],
  ['top5', 'top5_accuracy'],
  ['lr', 'learning_rate'],
]);
