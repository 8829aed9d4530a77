import test from 'ava';
import { judge, parseAllowedSkips, parseTestLine } from '../scripts/tally.mjs';

const calm = { hasFailed: false, isClean: true, isStrict: false, allowedSkips: new Map() };

const printed = [
  ['  ✔ a › good', 'passed', 'a › good'],
  ['  ✔ [expected fail] a › known', 'passed', 'a › known'],
  ['  \u001b[32m✔\u001b[39m a \u001b[90m›\u001b[39m good', 'passed', 'a › good'],
  ['  ✘ [fail]: a › bad Error thrown in test', 'failed', 'a › bad Error thrown in test'],
  ['  ✘ c.test.js exited due to SIGSEGV', 'failed', 'c.test.js exited due to SIGSEGV'],
  ['  ✘ Timed out while running tests', 'failed', 'Timed out while running tests'],
  ['  - [skip] a › needs root', 'skipped', 'a › needs root'],
] as const;

for (const [text, kind, title] of printed) {
  test(`a line of ava is counted: ${kind}, ${title}, ${text.length} characters`, (t) => {
    t.deepEqual(parseTestLine(text), { kind, title });
  });
}

test('other lines are not counted', (t) => {
  for (const text of ['', '  - [todo] a › later', '    ℹ hello log', '  ─', '  3 tests passed', '  - actual']) {
    t.is(parseTestLine(text), undefined, text);
  }
});

test('a skip is a failure where it must have a reason and has none', (t) => {
  const lines = [
    { kind: 'skipped', title: 'mount › needs FUSE' },
    { kind: 'skipped', title: 'mount › needs a kernel module' },
    { kind: 'passed', title: 'mount › reads' },
  ] as const;
  const allowedSkips = parseAllowedSkips('# comment\n\nneeds a kernel module | no modules can be loaded in CI\n');
  const strict = judge([...lines], { ...calm, isStrict: true, allowedSkips });
  t.like(strict, { passed: 1, failed: 1, skipped: 1 });
  t.deepEqual(strict.messages, ['skipped, but not listed in test/allowed-skips.txt: mount › needs FUSE']);
  t.like(judge([...lines], { ...calm, allowedSkips }), { passed: 1, failed: 0, skipped: 2 });
});

test('an allowed skip must give its reason', (t) => {
  t.throws(() => parseAllowedSkips('needs FUSE\n'), { message: /expected 'TITLE \| REASON', got 'needs FUSE'/ });
});

test('a run that failed otherwise, a fault of the linter and a run without tests are failures', (t) => {
  t.is(judge([{ kind: 'passed', title: 'a' }], { ...calm, hasFailed: true }).failed, 1);
  t.is(judge([{ kind: 'failed', title: 'a' }], { ...calm, hasFailed: true }).failed, 1);
  t.is(judge([{ kind: 'passed', title: 'a' }], { ...calm, isClean: false }).failed, 1);
  t.is(judge([], calm).failed, 1);
});
