import { PassThrough } from 'node:stream';
import test from 'ava';
import { createLogMessages, type LogSettings } from '../src/log-messages.js';

/** What a warning with a nasty file name looks like with these settings; the time left out. */
function warning(settings: Partial<LogSettings>): string {
  const stream = new PassThrough();
  const log = createLogMessages({
    level: 'info',
    format: 'auto',
    stream,
    isTerminal: false,
    isJournal: false,
    environment: {},
    ...settings,
  });
  log.debug('not said');
  log.warn('log cannot be read', { path: 'a b\n<3>\x1b[2J\u202e"', bytes: 7 });
  return String(stream.read()).replace(/\d\d:\d\d:\d\d|\d{4}-[\d-]+T[\d:.]+Z/, 'TIME');
}

const escaped = String.raw`path="a b\n<3>\x1B[2J\u202e\"" bytes=7`;

test('text for a file', (t) => {
  t.is(warning({}), `TIME warn  log cannot be read ${escaped}\n`);
});

test('text for a terminal, in colour unless NO_COLOR says no', (t) => {
  t.is(warning({ isTerminal: true }), `TIME \x1b[33mwarn \x1b[0m log cannot be read ${escaped}\n`);
  t.is(warning({ isTerminal: true, environment: { NO_COLOR: '1' } }), `TIME warn  log cannot be read ${escaped}\n`);
});

test('a priority for journald', (t) => {
  t.is(warning({ isJournal: true }), `<4>log cannot be read ${escaped}\n`);
});

test('JSON', (t) => {
  t.deepEqual(JSON.parse(warning({ format: 'json' })), {
    time: 'TIME',
    level: 'warn',
    message: 'log cannot be read',
    path: 'a b\n<3>\x1b[2J\u202e"',
    bytes: 7,
  });
});

test('JSON keeps its own fields, and lets nothing through that steers a terminal', (t) => {
  const stream = new PassThrough();
  const settings = { level: 'info', format: 'json', isTerminal: false, isJournal: false, environment: {} } as const;
  const fields = { message: 'other', level: 'other', path: '\x9b2J\u202e\x7f' };
  createLogMessages({ ...settings, stream }).info('workbook written', fields);
  const line = String(stream.read());
  t.regex(line, /"path":"\\u009b2J\\u202e\\u007f"/);
  t.like(JSON.parse(line), { message: 'workbook written', level: 'info', path: fields.path });
});

test('RS8: the same warning comes once an hour, with a count', (t) => {
  const stream = new PassThrough();
  let nowMs = 0;
  const log = createLogMessages({
    ...{ level: 'info', format: 'systemd', stream, isTerminal: false, isJournal: true, environment: {} },
    now: () => nowMs,
  });
  for (const path of ['a', 'a', 'b', 'a']) log.warn('cannot write', { path });
  nowMs = 3_600_000;
  log.warn('cannot write', { path: 'a' });
  t.is(String(stream.read()), '<4>cannot write path=a\n<4>cannot write path=b\n<4>cannot write path=a repeated=2\n');
});
