/** Whose program it is, where the system does not know: in a container, or while the directory of users does not answer. */

import { chownSync } from 'node:fs';
import test from 'ava';
import { createSandbox } from './program.js';

const isRoot = process.getuid?.() === 0;
if (!isRoot) process.stderr.write('skipped, a user without a name: only root may become one\n');
const asRoot = isRoot ? test.serial : test.serial.skip;

/** No system has a user of this number. */
const nameless = 61_235;
const readAll = '+dac_override,+dac_read_search';
const asNameless = ['setpriv', '--reuid', String(nameless), '--regid', String(nameless), '--clear-groups'];
const withRights = [...asNameless, '--inh-caps', readAll, '--ambient-caps', readAll];

asRoot('UN1: a user that the system has no name for watches as any other', async (t) => {
  const sandbox = createSandbox(t);
  const log = sandbox.addFixture('keras-openmpi-one-rank', 'exp');
  for (const path of [sandbox.home, sandbox.root, log]) chownSync(path, nameless, nameless);
  const { exitCode, stderr } = await sandbox.startBy(withRights, ['watch', '--root', 'root', '--once']);
  t.is(exitCode, 0, String(stderr));
  const status = await sandbox.startBy(withRights, ['doctor', '--root', 'root']);
  t.notRegex(`${status.stdout}${status.stderr}`, /fault of the program/);
});

asRoot('UN2: without HOME, where the system knows none either, one line says so, exit 78', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.addFixture('keras-openmpi-one-rank', 'exp');
  for (const args of [['watch', '--root', 'root', '--once'], ['runs', '--root', 'root'], ['config']]) {
    const { exitCode, stderr } = await sandbox.startBy(['env', '-u', 'HOME', ...withRights], args);
    t.is(exitCode, 78, String(stderr));
    t.regex(String(stderr), /^tlw: HOME: expected the path of your home folder, got nothing[^\n]*\n$/);
  }
});
