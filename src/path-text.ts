/**
 * File names are bytes; keys, rows and messages are text. Bytes that are not UTF-8 become `\xFF`, and the text goes back
 * to exactly the same bytes. Imports nothing of the project.
 */

import { isUtf8 } from 'node:buffer';

/** The text of a file name or path; reversed by `bytesOfPath`. */
export function textOfPath(bytes: Buffer): string {
  if (isUtf8(bytes) && !bytes.includes('\\')) return bytes.toString('utf8');
  const escaped = bytes.toString('latin1').replace(oddOrCharacter, (piece) => (piece.length > 1 ? piece : hex(piece)));
  return Buffer.from(escaped, 'latin1').toString('utf8');
}

/** What to give to `fs` for a path made of such text: the text itself where it is plain, else its bytes. */
export function bytesOfPath(text: string): string | Buffer {
  if (!text.includes('\\x')) return text;
  const parts = text.split(/\\x([0-9A-F]{2})/);
  return Buffer.concat(parts.map((part, index) => Buffer.from(part, index % 2 === 0 ? 'utf8' : 'hex')));
}

/** In Latin-1: a backslash that would read as an escape, a whole UTF-8 character of several bytes, or a byte that is none. */
const oddOrCharacter = new RegExp(
  [
    String.raw`\\(?=x[0-9A-F]{2})`,
    String.raw`[\xC2-\xDF][\x80-\xBF]`,
    String.raw`\xE0[\xA0-\xBF][\x80-\xBF]`,
    String.raw`[\xE1-\xEC\xEE\xEF][\x80-\xBF]{2}`,
    String.raw`\xED[\x80-\x9F][\x80-\xBF]`,
    String.raw`\xF0[\x90-\xBF][\x80-\xBF]{2}`,
    String.raw`[\xF1-\xF3][\x80-\xBF]{3}`,
    String.raw`\xF4[\x80-\x8F][\x80-\xBF]{2}`,
    String.raw`[\x80-\xFF]`,
  ].join('|'),
  'g',
);

function hex(latin1: string): string {
  return `\\x${latin1.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
