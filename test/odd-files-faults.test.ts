/** Somebody, or something, put what is no file where the program reads one: nothing is waited for, and one line says so. */

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { parseLayer } from '../src/config/layer.js';
import { ConfigError, loadConfig } from '../src/config.js';
import { importFile } from '../src/daemon/import-file.js';
import { parseUserDialect, readUserDialect } from '../src/log/dialects/user-dialect.js';
import { closeStore, openStore } from '../src/store/open.js';
import { createSandbox } from './program.js';

const once = ['watch', '--root', 'root', '--once', '--set', 'outputs.report=false'];
const keras = 'Epoch 1/1\n8/8 - 1s - 100ms/step - loss: 0.5000\n';

/** Each is put at a path where a file should be, and what is said of it. */
const odd: readonly (readonly [string, (path: string) => void, RegExp])[] = [
  ['a pipe', (path) => execFileSync('mkfifo', [path]), /expected a file, got a pipe/],
  ['a folder', (path) => mkdirSync(path), /expected a file, got a folder/],
  ['an endless device', (path) => symlinkSync('/dev/zero', path), /at most 16777216 bytes, got a larger one/],
  [
    'of 16 MB and more',
    (path) => writeFileSync(path, Buffer.alloc(2 ** 24 + 1)),
    /at most 16777216 bytes, got a larger one/,
  ],
  ['a link to itself', (path) => symlinkSync(path, path), /cannot be read \(ELOOP\)/],
];

for (const [what, put, said] of odd) {
  test(`UN7: a config or dialect that is ${what} is told in one line`, (t) => {
    const { home, environment } = createSandbox(t);
    mkdirSync(join(home, '.config', 'training-log-wizard'), { recursive: true });
    put(join(home, '.config', 'training-log-wizard', 'config.yaml'));
    t.throws(() => loadConfig({ environment, folder: home }), { instanceOf: ConfigError, message: said });
    put(join(home, 'mine.yaml'));
    t.throws(() => readUserDialect(join(home, 'mine.yaml')), { instanceOf: ConfigError, message: said });
  });
}

test('UN7: aliases that would fill any memory, and lists without end, are no config', (t) => {
  const nested = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]`);
  for (const text of [`a0: &a0 [x, x]\n${nested.join('\n')}\n`, `root: ${'['.repeat(100_000)}\n`]) {
    t.throws(() => parseLayer(text, 'c.yaml'), { instanceOf: ConfigError, message: /^c\.yaml[^\n]*$/ });
    t.throws(() => parseUserDialect(text, 'c.yaml'), { instanceOf: ConfigError, message: /^c\.yaml[^\n]*$/ });
  }
});

test('UN7: the program ends with exit code 78 where its config is a pipe; /dev/null is an empty config', async (t) => {
  const { home, run } = createSandbox(t);
  execFileSync('mkfifo', [join(home, 'c.yaml')]);
  const { exitCode, stderr } = await run('--config', 'c.yaml', 'config');
  t.is(exitCode, 78);
  t.regex(stderr, /^tlw: \S+c\.yaml: expected a file, got a pipe$/);
  t.is((await run('--config', '/dev/null', 'config')).exitCode, 0);
});

test('SEC13: patterns of a dialect that others may write or replace are not taken', (t) => {
  const dialect = join(createSandbox(t).home, 'mine.yaml');
  writeFileSync(dialect, 'name: mine\n');
  chmodSync(dialect, 0o666);
  t.throws(() => readUserDialect(dialect), {
    instanceOf: ConfigError,
    message: /mine\.yaml: patterns are not taken from a file that others may write; chmod go-w /,
  });
});

test('UN7: records of the program that were replaced by pipes keep nothing from being answered', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.write('exp/exp.log', keras);
  t.is((await sandbox.run(...once)).exitCode, 0);
  const state = join(sandbox.database(), '..');
  for (const name of ['heartbeat.json', 'daemon.json']) {
    rmSync(join(state, name), { force: true });
    execFileSync('mkfifo', [join(state, name)]);
  }
  execFileSync('mkfifo', [join(sandbox.root, '.tlw-root', '.heartbeat.json')]);
  t.is((await sandbox.run('status', '--root', 'root')).exitCode, 69);
  const live = await sandbox.run('live', '--root', 'root');
  t.is(live.exitCode, 0, live.stderr);
  t.is((await sandbox.run(...once)).exitCode, 0);
});

test('UN7: packages and copies of the workbook that are pipes are told, and not waited for', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.write('exp/exp.log', keras);
  t.is((await sandbox.run(...once)).exitCode, 0);
  for (const name of ['p.json', 'p.csv', 'p.xlsx']) execFileSync('mkfifo', [join(sandbox.home, name)]);
  for (const words of ['import p.json', 'import p.csv', 'notes merge p.xlsx']) {
    const { exitCode, stderr } = await sandbox.run(...words.split(' '), '--root', 'root');
    t.is(exitCode, 66, stderr);
    t.regex(stderr, /^tlw: [^\n]*expected a file, got a pipe$/);
  }
});

test('UN14: a package that was changed is not taken, by whatever it begins with, nor is JSON without end', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.write('exp/exp.log', keras);
  t.is((await sandbox.run(...once)).exitCode, 0);
  const text = readFileSync(join(sandbox.root, 'exp', 'exp.tlw.json'), 'utf8');
  const store = openStore(join(sandbox.home, 'i.db'), { fileSystem: 'local' });
  t.teardown(() => closeStore(store));
  for (const [name, content, said] of [
    ['twice', `{"schema":"a",${text.slice(1)}`, /^torn: it was changed since$/],
    ['figure', text.replace('0.5', '0.6'), /^torn: /],
    ['short', text.slice(0, -40), /^torn: /],
    ['prototype', text.replace('"metrics"', '"__proto__"'), /^torn: /],
    ['minus', text.replaceAll(/: ?\d+(?=[,}])/g, ':-1'), /^torn: /],
    ['null', text.replaceAll(/: ?\d+(?=[,}])/g, ':null'), /^torn: /],
    ['texts', text.replaceAll(/: ?\d+(?=[,}])/g, ':"1"'), /^torn: /],
    ['deep', `${'['.repeat(100_000)}${']'.repeat(100_000)}`, /^nested too deeply for a package$/],
    ['other', `{"a":1}`, /^neither a package nor/],
  ] as const) {
    const file = join(sandbox.home, `${name}.json`);
    writeFileSync(file, content);
    const { taken, left } = importFile(store, file);
    t.is(taken, 0);
    t.regex(left.join(), said, name);
  }
});
