/** Commands that ask, beside a process that writes all the time, and where there is nothing that they could read. */

import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { packageRoot } from '../src/package.js';
import { closeStore, openStore } from '../src/store/open.js';

const cli = join(packageRoot, 'build/src/cli.js');
const questions: readonly (readonly string[])[] = [
  ['top'],
  ['top', '--group-by', 'status'],
  ['runs'],
  ['live'],
  ['show', 'e0'],
  ['compare', 'e0', 'e1'],
  ['ranks', 'e0'],
  ['explain', 'e0', 'loss'],
  ['sweep'],
  ['scaling'],
  ['effects'],
  ['failures'],
  ['note', 'e0'],
  ['completion', '--names'],
];

function newRoot(t: ExecutionContext) {
  const root = mkdtempSync(join(tmpdir(), 'tlw-beside-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, '.state'));
  const env = { TLW_ROOT: root, TLW_STATE_DIR: join(root, '.state'), HOME: root, TLW_OBJECTIVE_METRIC: 'loss' };
  const tlw = (words: readonly string[]) => execa('node', [cli, ...words], { env, reject: false });
  return { file: join(root, '.state', 'tlw.db'), tlw };
}

test('while another process saves one experiment after the other, every question is answered, and it goes on saving', async (t) => {
  const { file, tlw } = newRoot(t);
  const writer = execa('node', [join(packageRoot, 'build/test/store-child.js'), 'save', file], {
    ...{ reject: false, buffer: false, stdin: 'ignore' },
  });
  t.teardown(() => writer.kill('SIGKILL'));
  let saved = 0;
  writer.stdout.on('data', (chunk: Buffer) => {
    saved += String(chunk).split('\n').length - 1;
  });
  while (saved < 2) await once(writer.stdout, 'data');
  for (const words of questions) {
    const before = saved;
    const { exitCode, stderr } = await tlw(words);
    // All have the same settings, which sweep says.
    t.is(exitCode, words[0] === 'sweep' ? 66 : 0, `${words.join(' ')}: ${stderr}`);
    t.notRegex(stderr, /locked|busy|fault/i, words.join(' '));
    // A writer that a question locked out would wait for its end.
    while (saved === before) await once(writer.stdout, 'data');
  }
  const { exitCode, stderr } = await tlw(['note', 'e0', 'written beside it']);
  t.is(exitCode, 0, stderr);
  t.is((await tlw(['note', 'e0'])).stdout, 'written beside it');
  t.is(writer.exitCode, null);
});

test('of a database without experiments each says so in a line, or prints an empty table', async (t) => {
  const { file, tlw } = newRoot(t);
  closeStore(openStore(file, { fileSystem: 'local' }));
  const answers = await Promise.all(questions.map(async (words) => ({ words, ...(await tlw(words)) })));
  for (const { words, exitCode, stderr, stdout } of answers) {
    const said = `${words.join(' ')}: ${exitCode} ${stderr}${stdout}`;
    t.true(exitCode === 0 || exitCode === 66, said);
    if (exitCode === 66) t.regex(stderr, /^tlw: .+$/, said);
    t.notRegex(stderr, /fault|\n {4}at /, said);
  }
});

for (const words of [['top'], ['show', 'e0'], ['live'], ['note', 'e0', 'text'], ['completion', '--names']]) {
  test(`tlw ${words.join(' ')}: a database of a newer program, and none at all, are told in one line`, async (t) => {
    const { file, tlw } = newRoot(t);
    const none = await tlw(words);
    t.is(none.exitCode, 66, none.stderr);
    t.regex(none.stderr, /^tlw: .*: expected a root that tlw has read.*$/);
    const store = openStore(file, { fileSystem: 'local' });
    store.connection.pragma('user_version = 9999');
    closeStore(store);
    const newer = await tlw(words);
    t.is(newer.exitCode, 78, newer.stderr);
    t.regex(newer.stderr, /^tlw: .*tlw\.db: expected .*, got schema 9999: a newer program wrote it$/);
  });
}
