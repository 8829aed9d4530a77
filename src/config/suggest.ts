import { closestMatch } from 'leven';

/** `; did you mean "depth"?` for a misspelt option, or nothing where none comes near. */
export function suggestOption(options: readonly string[], path: readonly string[], key: string): string {
  const written = plain([...path, key].join('.'));
  const byPlain = new Map<string, string>();
  for (const option of options) {
    byPlain.set(plain(option), option);
    const parts = option.split('.');
    for (let i = 1; i < parts.length; i++) byPlain.set(plain(parts.slice(i).join('.')), option);
    for (let i = 1; i < parts.length; i++) byPlain.set(plain(parts.slice(0, i).join('.')), parts.slice(0, i).join('.'));
  }
  const distance = Math.min(3, Math.max(2, Math.floor(written.length / 4)));
  const nearest =
    closestMatch(written, [...byPlain.keys()], { maxDistance: distance }) ??
    closestMatch(plain(key), [...byPlain.keys()], { maxDistance: distance });
  const option = nearest === undefined ? undefined : byPlain.get(nearest);
  return option === undefined ? '' : `; did you mean "${option}"?`;
}

/** Without what people mix up: `log_patterns`, `log-patterns` and `logPatterns`. */
function plain(option: string): string {
  return option.toLowerCase().replace(/[_-]/g, '');
}
