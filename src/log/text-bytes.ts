/** The bytes of one text, as characters that a person would see: without NUL and escape sequences. */
import { isUtf8 } from 'node:buffer';

// CSI, OSC and two-byte escapes (ECMA-48).
// biome-ignore lint/complexity/useRegexLiterals: the escapes would be unreadable
const ansi = new RegExp('\\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\\x07\\x1b]*(?:\\x07|\\x1b\\\\)?|[@-Z\\\\-_])', 'g');
const escapeByte = 27;

/** What a text shows; blanks at its end are gone. */
export function decodeText(bytes: Buffer): string {
  let text = bytes.toString('utf8');
  if (bytes.includes(escapeByte)) text = text.replace(ansi, '');
  if (bytes.includes(0)) text = text.replaceAll('\0', '');
  return text.trimEnd();
}

/** Whether some of a text is no UTF-8, although `shown` is what became of it. */
export function isBadUtf8(bytes: Buffer, shown: string): boolean {
  return shown.includes('\uFFFD') && !isUtf8(bytes);
}

/** Whether bytes[start, end) shows anything but blanks; nearly always the first bytes tell. */
export function isVisible(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte === escapeByte || byte > 126) return decodeText(bytes.subarray(start, end)) !== '';
    if (byte > 32) return true;
    // Controls other than white space and NUL show.
    if (byte !== 32 && byte !== 0 && (byte < 9 || byte > 13)) return true;
  }
  return false;
}
