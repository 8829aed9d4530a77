/** What a cell or the name of a sheet may hold: the rules of the file format, whatever the logs said. */

/** Characters in one cell, at most. */
export const cellTextLimit = 32_767;

/**
 * Text as a cell can hold it: what XML has no place for becomes U+FFFD, `\r\n` becomes `\n`, and what is too long ends in `…`.
 * Only strings come out of here, so that nothing a log says is ever read as a formula.
 */
export function cellText(text: string): string {
  const clean = text
    .replace(/\r\n?/g, '\n')
    .replace(/[\x00-\x08\x0B\x0C\x0E-\x1F\x7F\uFFFE\uFFFF]|\p{Surrogate}/gu, '\uFFFD');
  const escaped = escapeCode(clean);
  if (escaped.length <= cellTextLimit) return escaped;
  return `${escaped.slice(0, cellTextLimit - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** The names of `sheets`, each made valid and different from the others, ignoring case. */
export function sheetNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const valid = validSheetName(name);
    let unique = valid;
    for (let n = 2; taken.has(unique.toLowerCase()); n++) {
      const number = ` ${n}`;
      unique = `${valid.slice(0, 31 - number.length)}${number}`;
    }
    taken.add(unique.toLowerCase());
    return unique;
  });
}

/** `_x0041_` in a cell means the character with that code: its own underscore is written so, and it stays what it is. */
function escapeCode(text: string): string {
  return text.replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_');
}

function validSheetName(name: string): string {
  const clean = cellText(name)
    .replace(/[*?:\\/[\]\n\t\uFFFD]/g, '_')
    .slice(0, 31)
    .replace(/[\uD800-\uDBFF]$/, '')
    .replace(/^'+|'+$/g, '')
    .trim();
  if (clean === '') return 'Sheet';
  // Excel keeps this one for itself.
  return clean.toLowerCase() === 'history' ? 'History_' : clean;
}
