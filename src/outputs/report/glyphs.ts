/** Text that the report's fonts can draw: what they lack becomes a visible `�`, never an error or an empty box. */

import { readFileSync } from 'node:fs';
import fontkit from '@pdf-lib/fontkit';
import { fontPaths } from './canvas.js';

const replacement = '\uFFFD';
/** Joiners, variation selectors, and direction overrides, which could make a name read as another one. */
const invisible = /\p{Default_Ignorable_Code_Point}/gu;

let maybeCovered: Set<number> | undefined;

/** `text` on one line, with `�` for each character that the fonts lack, control characters and lone surrogates. */
export function printable(text: string): string {
  if (/^[\x20-\x7E\xA0-\xAC\xAE-\xFF]*$/.test(text)) return text;
  maybeCovered ??= readCovered();
  let result = '';
  for (const character of text
    .replace(/\t/g, ' ')
    .replace(/\r?\n|[\r\u2028\u2029]/g, '↵')
    .replace(invisible, '')) {
    const code = character.codePointAt(0) ?? 0;
    const isControl = code < 0x20 || (code >= 0x7f && code < 0xa0);
    result += !isControl && maybeCovered.has(code) ? character : replacement;
  }
  return result;
}

function readCovered(): Set<number> {
  return new Set(fontPaths.flatMap((path) => fontkit.create(readFileSync(path)).characterSet));
}
