/** Experiments whose names a shell, a terminal or a file system would stumble over, and a world around the program that is as odd. */

import { readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import Database from 'better-sqlite3';
import { createSandbox } from './program.js';

const noReports = ['--set', 'outputs.report=false'];
const once = ['watch', '--root', 'root', '--once', ...noReports];
const keras = (loss: string) => `Epoch 1/1\n8/8 - 1s - 100ms/step - loss: ${loss}\n`;

const names = [
  ...['--help', '-rf', '$(id)', '`id`', '%s%n', '*', '?', '&', ';', '|', '!', '"', "'", '[a]', '{a,b}'],
  ...['line\nbreak', 'back\\slash', 'esc\x1b[31mape', '\t', ' blanks ', 'A', 'a', 'n'.repeat(255), '日本', '😀'],
  // The same letter as one character, and as two.
  ...['\u00e9', 'e\u0301'],
];
/** Years before the system's first second, at it, and past what 32 bits hold. */
const years = [1960, 1970, 2050, 2110];

test('UN31: whatever an experiment is called and whenever it was written, its figures are its own, and its files lie beside its log', async (t) => {
  const sandbox = createSandbox(t);
  const losses = new Map<string, number>();
  for (const [i, name] of [...names, ...years.map(String)].entries()) {
    losses.set(`${name}/run.log`, (i + 1) / 1000);
    sandbox.write(`${name}/run.log`, keras(((i + 1) / 1000).toFixed(3)));
  }
  for (const year of years) {
    const seconds = Date.UTC(year, 0, 2) / 1000;
    utimesSync(join(sandbox.root, `${year}/run.log`), seconds, seconds);
  }
  const { exitCode, stderr } = await sandbox.run(...once);
  t.is(exitCode, 0, stderr);
  const database = new Database(sandbox.database(), { readonly: true });
  t.teardown(() => database.close());
  t.is(database.prepare('SELECT count(*) FROM epochs').pluck().get(), losses.size);
  for (const [key, loss] of losses) {
    const { ranks } = JSON.parse(readFileSync(join(sandbox.root, key.replace(/log$/, 'tlw.json')), 'utf8'));
    t.is(ranks[0].epochs[0].metrics.loss, loss, key);
    t.deepEqual(readdirSync(join(sandbox.root, key, '..')).sort(), ['run.log', 'run.tlw.csv', 'run.tlw.json'], key);
  }
  t.regex((await sandbox.run(...once)).stdout, /^0 logs read, 0 files written/);
});

test('UN32: without a folder for temporary files, in a time zone that is none, with umask 777 and little memory, all is read, and yours', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.write('a/a.log', keras('0.5'));
  const { TMPDIR: _, ...environment } = sandbox.environment as Record<string, string>;
  const odd = { LANG: 'C', TZ: 'Nowhere/Land', NODE_OPTIONS: '--max-old-space-size=40' };
  const pass = await sandbox.startBy(['sh', '-c', 'umask 777; exec "$0" "$@"'], once, {
    env: { ...environment, ...odd },
  });
  t.is(pass.exitCode, 0, String(pass.stderr));
  for (const file of ['a/a.tlw.json', 'master.xlsx', 'results.db'])
    t.is(statSync(join(sandbox.root, file)).mode & 0o777, 0o600, file);
});

test('UN33: a root that lies in the folder of its outputs is no trouble, and neither is the reverse', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.write('a/a.log', keras('0.5'));
  for (const folder of ['.', 'root/results']) {
    const words = [...once, '--set', `outputs.dir=${folder}`];
    const first = await sandbox.run(...words);
    t.is(first.exitCode, 0, first.stderr);
    t.regex(first.stdout, /2 files written/);
    t.regex((await sandbox.run(...words)).stdout, /^0 logs read, 0 files written/);
  }
});
