/** Logs in UTF-16, as Windows PowerShell's `>` and `Tee-Object` write them: told by the mark at their start. */
import { TextDecoder } from 'node:util';
import type { Packing } from './source.js';

/** See `Packing`. */
export const utf16: Packing = {
  note: 'the log is in UTF-16: byte offsets are those of its text in UTF-8',
  mostBytes: () => Number.POSITIVE_INFINITY,
  maybeUnpack: (head) => {
    const encoding = encodingOf(head);
    if (encoding === undefined) return undefined;
    const decoder = new TextDecoder(encoding);
    return (packed) => (packed === null ? [] : [Buffer.from(decoder.decode(packed, { stream: true }))]);
  },
};

function encodingOf(head: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  const mark = head.readUInt16BE(0);
  return mark === 0xfffe ? 'utf-16le' : mark === 0xfeff ? 'utf-16be' : undefined;
}
