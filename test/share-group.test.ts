import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'ava';
import { createSandbox } from './program.js';

const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8);
/** The first group that the user is in besides their own, else that one. */
const group = readFileSync('/etc/group', 'utf8')
  .split('\n')
  .map((line) => line.split(':'))
  .find(([, , id]) => process.getgroups?.().includes(Number(id)) === true);

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
