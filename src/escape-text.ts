/**
 * Text from a log or a file name as it may be shown on a terminal or in a log message: line breaks, other control
 * characters and marks that reorder text are written out, so that it can neither forge a line nor steer the terminal.
 */
export function escapeText(text: string): string {
  return text.replace(unsafe, (character) => short.get(character) ?? codeOf(character.charCodeAt(0)));
}

/** JSON that says the same and can be shown like that: JSON itself lets through what steers some terminals or reorders text. */
export function escapeJson(json: string): string {
  return json.replace(unsafe, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const unsafe =
  /[\x00-\x1F\x7F-\x9F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
const short = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

function codeOf(unit: number): string {
  const hex = unit.toString(16);
  return unit < 256 ? `\\x${hex.padStart(2, '0').toUpperCase()}` : `\\u${hex.padStart(4, '0')}`;
}
