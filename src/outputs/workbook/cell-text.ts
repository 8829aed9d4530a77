/** What a cell or the name of a sheet may hold: the rules of the file format, whatever the logs said. */

/** Characters in one cell, at most. */
export const cellTextLimit = 32_767;

/**
 * Text as a cell stores it: as `shownText`, and what looks like the code of a character (`_x0041_`) is written so that it is
 * not read as one. Only strings come out of here, so that nothing a log says is ever taken for a formula.
 */
export function cellText(text: string): string {
  return escapeCode(shownText(text));
}

/** Text as a cell shows it: what XML has no place for becomes U+FFFD, `\r\n` becomes `\n`, and what is too long ends in `…`. */
export function shownText(text: string): string {
  const clean = text
    .replace(/\r\n?/g, '\n')
    .replace(/[\x00-\x08\x0B\x0C\x0E-\x1F\x7F\uFFFE\uFFFF]|\p{Surrogate}/gu, '\uFFFD');
  let shown = clean;
  for (let room = cellTextLimit - 1; escapeCode(shown).length > cellTextLimit; room -= 7) {
    shown = `${clean.slice(0, room).replace(/[\uD800-\uDBFF]$/, '')}…`;
  }
  return shown;
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

function escapeCode(text: string): string {
  return text.replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_');
}

function validSheetName(name: string): string {
  const clean = shownText(name)
    .replace(/[*?:\\/[\]\n\t\uFFFD]/g, '_')
    .slice(0, 31)
    .replace(/[\uD800-\uDBFF]$/, '')
    .replace(/^'+|'+$/g, '')
    .trim();
  if (clean === '') return 'Sheet';
  // Excel keeps this one for itself.
  return clean.toLowerCase() === 'history' ? 'History_' : clean;
}
