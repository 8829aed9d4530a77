/** Comma-separated values back to cells, as RFC 4180 has them; a semicolon where the first line has no comma. */

/** Lines of cells. */
export function parseCsv(text: string): string[][] {
  const plain = text.replace(/^\uFEFF/, '');
  const first = plain.slice(0, plain.indexOf('\n') >>> 0);
  const separator = first.includes(',') ? ',' : first.includes('\t') ? '\t' : ';';
  const lines: string[][] = [];
  let [line, cell, isQuoted]: [string[], string, boolean] = [[], '', false];
  for (let at = 0; at < plain.length; at++) {
    const sign = plain[at] ?? '';
    if (isQuoted) {
      if (sign !== '"') cell += sign;
      else if (plain[at + 1] === '"') cell += plain[at++];
      else isQuoted = false;
    } else if (sign === '"' && cell === '') isQuoted = true;
    else if (sign === separator || sign === '\n') {
      line.push(cell.replace(/\r$/, ''));
      cell = '';
      if (sign === '\n') {
        lines.push(line);
        line = [];
      }
    } else cell += sign;
  }
  if (cell !== '' || line.length > 0) lines.push([...line, cell]);
  return lines;
}
