/** What the program kept for itself is taken only where it has the form that this version gives it. */

import test from 'ava';
import { isFlag, isNumber, isOneOf, isRecord, isText, orMissing, orNull } from '../src/shape.js';

interface Kept {
  readonly name: string;
  readonly state: 'new' | 'old';
  readonly size: number | null;
  readonly isOpen?: boolean;
}

const isKept = isRecord<Kept>({
  name: isText,
  state: isOneOf(['new', 'old']),
  size: orNull(isNumber),
  isOpen: orMissing(isFlag),
});

test('a record has all its fields, each of its kind, and may have more', (t) => {
  const kept = { name: 'a', state: 'new', size: null };
  t.true(isKept(kept));
  t.true(isKept({ ...kept, size: 1, isOpen: true, later: 'field' }));
  for (const wrong of [{ name: 1 }, { state: 'other' }, { size: undefined }, { size: '1' }, { isOpen: null }])
    t.false(isKept({ ...kept, ...wrong }), JSON.stringify(wrong));
  for (const wrong of [null, undefined, 'a', 1, [], {}]) t.false(isKept(wrong), String(wrong));
});
