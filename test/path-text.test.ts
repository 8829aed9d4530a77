import test from 'ava';
import fc from 'fast-check';
import { bytesOfPath, textOfPath } from '../src/path-text.js';

test('plain names stay as they are', (t) => {
  for (const name of ['EXP.log', 'λ-学習 🚀', 'a\\b', 'line\nbreak']) {
    t.is(textOfPath(Buffer.from(name)), name);
    t.is(bytesOfPath(name), name);
  }
});

test('bytes that are not UTF-8 are shown as \\xFF, and a name that looks so is kept apart', (t) => {
  t.is(textOfPath(Buffer.from('caf\xe9.log', 'latin1')), String.raw`caf\xE9.log`);
  t.is(textOfPath(Buffer.from(String.raw`caf\xE9.log`)), String.raw`caf\x5CxE9.log`);
});

test('any bytes come back', (t) => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom('\\', '\\x', '\\xFF', '5C', 'x', 'λ').map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const bytes = Buffer.concat(pieces);
      return Buffer.from(bytesOfPath(textOfPath(bytes))).equals(bytes);
    }),
    { numRuns: 2000 },
  );
  t.pass();
});
