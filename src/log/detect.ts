/** Tells from a part of a log what wrote it. */
import type { Dialect } from './event.js';

/** The dialect whose signatures weigh most in this part of a log (bytes as latin1); undefined where none is found. */
export function detectDialect(part: string, dialects: readonly Dialect[]): Dialect | undefined {
  let best: Dialect | undefined;
  let most = 0;
  for (const dialect of dialects) {
    let weight = 0;
    for (const signature of dialect.signatures) {
      if (signature.hint === undefined || part.includes(signature.hint))
        weight += signature.weight * count(part, signature.pattern);
    }
    if (weight > most) {
      most = weight;
      best = dialect;
    }
  }
  return best;
}

function count(text: string, pattern: RegExp): number {
  const global = pattern.global ? pattern : new RegExp(pattern.source, `${pattern.flags}g`);
  return text.match(global)?.length ?? 0;
}

/** Runs of NUL this long are holes that a file system left, not data. */
const hole = /\0{256,}/g;

/** Whether more than 30 % of the first 64 KiB is no text. */
export function isBinary(head: Buffer): boolean {
  const bytes = head.subarray(0, 64 * 1024);
  const strange = /[\0-\x06\x0b\x0e-\x1a\x1c-\x1f\x7f\ufffd]/g;
  const text = bytes.toString('utf8').replace(hole, '');
  return text.length > 0 && (text.match(strange)?.length ?? 0) > 0.3 * text.length;
}
