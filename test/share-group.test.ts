import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'ava';
import { createSandbox } from './program.js';

const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8);
const isRoot = process.getuid?.() === 0;
/** A group that is not the user's own, where there is one: root may take any, others one of those that they are in. */
const group = readFileSync('/etc/group', 'utf8')
  .split('\n')
  .map((line) => line.split(':'))
  .filter(([, , id]) => isRoot || process.getgroups?.().includes(Number(id)) === true)
  .sort(([, , a], [, , b]) => Number(Number(a) === process.getgid?.()) - Number(Number(b) === process.getgid?.()))
  .at(0);

test.serial('SEC6: whatever the umask, everything is its owner’s alone', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.addFixture('keras-openmpi-one-rank', 'a');
  await sandbox.start(['watch', '--root', 'root', '--once', '--set', 'outputs.dir=out']);
  for (const name of ['a/a.tlw.pdf', 'a/a.tlw.json', 'a/a.tlw.csv', 'master.xlsx', 'results.db']) {
    t.is(modeOf(join(sandbox.home, 'out', name)), '600', name);
  }
  t.is(modeOf(join(sandbox.home, 'out/a')), '700');
  const state = dirname(sandbox.database());
  t.is(modeOf(state), '700');
  for (const name of readdirSync(state)) t.is(modeOf(join(state, name)), '600', name);
});

test.serial('shareGroup: a group may read outputs and results.db, and nothing of the state', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.addFixture('keras-openmpi-one-rank', 'a');
  const [name = '', , id] = group ?? [];
  const words = ['watch', '--root', 'root', '--once', '--set', 'outputs.dir=out', '--set', `shareGroup=${name}`];
  const { exitCode, stderr } = await sandbox.run(...words);
  t.is(exitCode, 0, stderr);
  for (const file of ['a/a.tlw.pdf', 'a/a.tlw.json', 'a/a.tlw.csv', 'master.xlsx', 'results.db']) {
    const path = join(sandbox.home, 'out', file);
    t.is(modeOf(path), '640', file);
    t.is(statSync(path).gid, Number(id));
  }
  t.is(modeOf(join(sandbox.home, 'out')), '2750');
  t.is(modeOf(join(sandbox.home, 'out/a')), '2750');
  t.is(modeOf(sandbox.database()), '600');
});

test.serial(
  'shareGroup: a group that is named later, or no longer, is given the files that are there already',
  async (t) => {
    const sandbox = createSandbox(t);
    sandbox.addFixture('keras-openmpi-one-rank', 'a');
    const [name = '', , id] = group ?? [];
    const watchOnce = async (...settings: string[]) => {
      const { exitCode, stderr } = await sandbox.run('watch', '--root', 'root', '--once', ...settings);
      t.is(exitCode, 0, stderr);
    };
    const files = ['a/a.tlw.pdf', 'a/a.tlw.json', 'a/a.tlw.csv', 'master.xlsx', 'results.db'];
    const modes = () => files.map((file) => `${file} ${modeOf(join(sandbox.root, file))}`);
    await watchOnce();
    t.deepEqual(
      modes(),
      files.map((file) => `${file} 600`),
    );
    await watchOnce('--set', `shareGroup=${name}`);
    t.deepEqual(
      modes(),
      files.map((file) => `${file} 640`),
    );
    for (const file of files) t.is(statSync(join(sandbox.root, file)).gid, Number(id), file);
    await watchOnce();
    t.deepEqual(
      modes(),
      files.map((file) => `${file} 600`),
    );
  },
);

test.serial('shareGroup: what a command writes is for the group too', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.addFixture('keras-openmpi-one-rank', 'a');
  const [name = '', , id] = group ?? [];
  writeFileSync(join(sandbox.root, 'tlw.yaml'), `shareGroup: ${name}\n`);
  const run = async (...words: string[]) => {
    const { exitCode, stderr } = await sandbox.run(...words, '--root', 'root', '-c', 'root/tlw.yaml');
    t.is(exitCode, 0, stderr);
  };
  await run('watch', '--once');
  await run('report', '--all', '--out', 'sweep.pdf');
  await run('report', '--all', '--format', 'html', '--out', 'sweep.html');
  await run('report', 'a', '--out', 'a.pdf');
  await run('archive', '--to', 'safe');
  for (const file of ['sweep.pdf', 'sweep.html', 'a.pdf', 'safe/tlw-archive.json', 'safe/a/a.tlw.json']) {
    const path = join(sandbox.home, file);
    t.is(modeOf(path), '640', file);
    t.is(statSync(path).gid, Number(id), file);
  }
  t.is(modeOf(join(sandbox.home, 'safe')), '2750');
});

test('shareGroup: a group that there is not, or that the user is not in, is said, exit 78', async (t) => {
  const sandbox = createSandbox(t);
  const { exitCode, stderr } = await sandbox.run(
    'watch',
    '--root',
    'root',
    '--once',
    '--set',
    'shareGroup=no-such-group',
  );
  t.is(exitCode, 78);
  t.is(stderr, 'tlw: shareGroup: expected the name of a group, got "no-such-group"; id -Gn lists yours');
});
