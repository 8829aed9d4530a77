import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { ConfigError } from '../src/config/config-error.js';
import { shippedDialects } from '../src/log/dialects/shipped.js';
import { parseUserDialect, readUserDialect } from '../src/log/dialects/user-dialect.js';
import { parseLog } from '../src/log/parse-log.js';
import { readStream, rowsOf } from './read-dialect.js';

const example = `
name: my-trainer
signatures: ["== round "]
epochsFrom: 0
lines:
  - is: begin
    pattern: '^== round (?P<epoch>\\d+) of (?P<epochs>\\d+) =='
  - is: step
    contains: "batch "
    pattern: 'batch (?P<step>\\d+)/(?P<steps>\\d+) cost (?P<loss>\\S+)'
  - is: epoch
    pattern: '^round (?P<epoch>\\d+) done: (?P<figures>.*);'
    figures: { between: ",", within: "=", without: [time] }
    names: { cost: loss }
  - is: validation
    pattern: 'held-out (?P<name>\\w+) (?P<value>\\S+) \\('
    prefix: val_
  - is: totalTime
    pattern: 'all rounds took (?P<minutes>\\d+) min (?P<seconds>\\d+) s$'
  - is: earlyStop
    pattern: 'no progress, giving up$'
  - is: failed
    pattern: '^FATAL (?P<reason>.*)$'
  - is: ignore
    pattern: '^#'
`;
const log = `# comment
== round 0 of 3 ==
batch 1/2 cost 0.9
batch 2/2 cost 0.8
round 0 done: cost=0.85, acc=0.5, time=12;
held-out dice 0.25 (best)
== round 1 of 3 ==
batch 1/2 cost 1.2.3
round 1 done: cost=nan, acc=0.75, time=11;
what is this
== round 2 of 3 ==
batch 1/2 cost 0.5
no progress, giving up
all rounds took 2 min 5 s
FATAL disk full
`;

test('a dialect in a file says what each line of a trainer is', (t) => {
  const dialect = parseUserDialect(example, 'my.yaml');
  t.is(dialect.name, 'custom');
  const reading = readStream(dialect, log);
  t.deepEqual(rowsOf(reading), {
    1: { loss: 0.85, acc: 0.5, val_dice: 0.25 },
    2: { loss: Number.NaN, acc: 0.75 },
    3: { loss: 0.5, partial: 1 },
  });
  t.deepEqual(reading.unknown, ['what is this']);
  t.deepEqual(
    reading.events.filter((event) => !['epoch', 'figures'].includes(event.kind)),
    [
      { kind: 'skipped_value' },
      { kind: 'early_stop', epoch: 3 },
      { kind: 'total_time', seconds: 125 },
      { kind: 'end', status: 'failed', reason: 'disk full' },
    ],
  );
});

test('a record at the end of an unfinished line, and two records in one line, are doubted', (t) => {
  const dialect = parseUserDialect(example, 'my.yaml');
  const doubts = (text: string): string[] =>
    readStream(dialect, text).events.flatMap((event) => (event.kind === 'doubt' ? [event.what] : []));
  t.deepEqual(doubts('== round 0 of 3 ==\nbatch 1/2 cost 0.'), [
    'a record at the end of an unfinished line may be cut',
  ]);
  t.deepEqual(doubts('batch 1/2 cost 0.9 batch 2/2 cost 0.8\n'), ['two records in one line']);
});

test('a log is read with the dialect of the user whose texts it has', (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tlw-dialect-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'my.yaml');
  writeFileSync(file, example);
  writeFileSync(path.join(folder, 'run.log'), log);
  const run = parseLog(path.join(folder, 'run.log'), { dialects: [readUserDialect(file)] });
  t.is(run.trainer, 'custom');
  t.is(run.status, 'failed');
  t.is(run.ranks[0]?.epochs.length, 3);
});

const mistakes: readonly (readonly [string, string, RegExp])[] = [
  ['no YAML', 'name: [', /^d\.yaml:1: /],
  ['nothing', '', /name: .*signatures: .*lines: expected a list of lines/s],
  [
    'a name with blanks',
    example.replace('my-trainer', 'My Trainer'),
    /^d\.yaml:2: name: expected a short name in small letters/,
  ],
  ['an unknown key', `${example}colour: red\n`, /there is no option colour here/],
  [
    'an unknown kind',
    example.replace('is: begin', 'is: beginning'),
    /^d\.yaml:6: lines\[0\]\.is: expected one of epoch, validation, step/,
  ],
  [
    'look-ahead',
    example.replace('no progress, giving up$', '(?=no)'),
    /^d\.yaml:\d+: lines\[5\]\.pattern: expected a regular expression in RE2's syntax: /,
  ],
  [
    'a missing group',
    example.replace('(?P<epoch>\\d+) of', '\\d+ of'),
    /lines\[0\]\.pattern: expected a group for epoch, as \(\?P<epoch>…\)/,
  ],
  [
    'a step without figures',
    example.replace('(?P<loss>\\S+)', '\\S+'),
    /expected a group for a metric, name and value, or figures/,
  ],
  [
    'figures that nobody splits',
    example.replace(/ {4}figures: .*\n/, ''),
    /lines\[2\]\.figures: expected both a group figures/,
  ],
  ['no signature', example.replace('["== round "]', '[]'), /signatures: expected at least one text/],
];

for (const [what, text, message] of mistakes) {
  test(`a mistake is told with its line: ${what}`, (t) => {
    const error = t.throws(() => parseUserDialect(text, 'd.yaml'), { instanceOf: ConfigError });
    t.regex(error.message, message);
  });
}

test('a file that is not there is told', (t) => {
  t.throws(() => readUserDialect('/nonexistent/d.yaml'), { instanceOf: ConfigError, message: /there is no such file/ });
});

test('LC16, SEC8: no pattern can hang the reader', (t) => {
  const dialect = parseUserDialect(
    `name: evil\nsignatures: [aaa]\nlines:\n  - {is: failed, pattern: '^(a+)+$'}\n  - {is: failed, pattern: '(x*)*y'}\n  - {is: failed, pattern: '(.*a){20}b'}`,
    'evil.yaml',
  );
  const started = performance.now();
  readStream(dialect, `${'a'.repeat(50_000)}!\n${'x'.repeat(50_000)}\n`);
  // A backtracking engine would need longer than the universe has been there.
  t.true(performance.now() - started < 5000);
});

test('the dialects that come as files are there', (t) => {
  t.deepEqual(
    shippedDialects().map(({ name }) => name),
    [
      'catalyst',
      'deepspeed',
      'detectron2',
      'espnet',
      'lightgbm',
      'megatron',
      'mlperf',
      'nanogpt',
      'tensorflow',
      'ultralytics',
      'xgboost',
    ],
  );
});
