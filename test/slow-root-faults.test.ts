/** Commands that ask what was read, where the root lies on a file server that does not answer. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import type { Heartbeat } from '../src/daemon/heartbeat.js';
import { stateFolderOf } from '../src/daemon/places.js';
import { hangRoot, whyNoHang } from './hang-root.js';
import { createSandbox } from './program.js';

const testHere = whyNoHang === undefined ? test : test.skip;
if (whyNoHang !== undefined) process.stderr.write(`skipped, commands on a root that hangs: ${whyNoHang}\n`);

const asking = [['top'], ['show', 'a'], ['ranks', 'a'], ['sweep'], ['live'], ['export', '--table', 'ranks']];
/** They need the logs too. */
const reading = [
  ['explain', 'a', 'loss'],
  ['watch', '--once'],
  ['report', '--all'],
];

testHere(
  'FS16, UN18: where the root does not answer, what the state folder has is shown, and else one line says so after 10 s',
  async (t) => {
    const sandbox = createSandbox(t);
    sandbox.addFixture('keras-openmpi-one-rank', 'a');
    sandbox.addFixture('keras-openmpi-one-rank', 'b');
    t.is((await sandbox.run('watch', '--root', 'root', '--once')).exitCode, 0);
    await hangRoot(t, sandbox);

    for (const each of [['top'], ['show', 'a'], ['runs']]) {
      const { exitCode, stdout } = await sandbox.run(...each, '--root', 'root');
      t.true(exitCode === 0 && stdout !== '', each.join(' '));
    }

    // Another host, which has only the copy in the root; and a third, which has heard of a watcher that it can only ring for.
    const ringing = { ...sandbox.environment, XDG_STATE_HOME: join(sandbox.home, 'third') };
    const heard = stateFolderOf(sandbox.root, { stateDir: null }, ringing);
    mkdirSync(heard, { recursive: true });
    writeFileSync(join(heard, 'heartbeat.json'), JSON.stringify(heartbeat(sandbox.root)));
    const rung = sandbox.start(['export', '--root', 'root'], { env: ringing });
    sandbox.environment.XDG_STATE_HOME = join(sandbox.home, 'second');
    const asked = [...asking, ...reading].map(
      async (each) => [each, await sandbox.run(...each, '--root', 'root')] as const,
    );
    for (const [each, { exitCode, stdout, stderr }] of await Promise.all(asked)) {
      const line = `tlw: ${sandbox.root}: no answer within 10 s from its disk or file server; tlw doctor --root ${sandbox.root} says more`;
      t.deepEqual({ exitCode, stdout, stderr }, { exitCode: 74, stdout: '', stderr: line }, each.join(' '));
    }
    const { exitCode, stderr } = await rung;
    t.is(exitCode, 74, String(stderr));
    t.regex(String(stderr), /no answer within 10 s from its disk or file server/);
  },
);

function heartbeat(root: string): Heartbeat {
  return {
    ...{ host: 'login7', pid: 1, root, text: '', health: [], lastPublishedMs: null, fileSystem: null, unreadable: [] },
    usage: { metadataOperations: 0, cpuSeconds: 0, bytesRead: 0, slurmCalls: 0, minutes: 0 },
    logs: {},
    backlog: { toRead: 0, toWrite: 0, etaSeconds: null },
    loopDelay: { maxMs: 0, p99Ms: 0, minutes: 0 },
    ...{ atMs: Date.now(), hasStopped: false },
  };
}
