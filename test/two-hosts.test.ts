/** Two login nodes that share home and root, and not their sockets: hostnames of their own, by namespaces. */

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'ava';
import { execaSync } from 'execa';
import { type Heartbeat, isAliveElsewhere } from '../src/daemon/heartbeat.js';
import { createSandbox, type Sandbox, said } from './program.js';

const canUnshare = execaSync('unshare', ['--uts', 'true'], { reject: false }).exitCode === 0;
const testWithHosts = canUnshare ? test.serial : test.skip;
if (!canUnshare) process.stderr.write('skipped: tests with two hostnames need the right to make namespaces\n');

/** Runs the program as on a host of this name, with runtime files of its own. */
function startOn(host: string, sandbox: Sandbox, args: readonly string[]) {
  const runtime = join(sandbox.home, `run-${host}`);
  mkdirSync(runtime, { recursive: true });
  const env = { ...sandbox.environment, XDG_RUNTIME_DIR: runtime };
  return sandbox.startOn(host, args, { env });
}

testWithHosts(
  'SD5: from another login node, status reads the heartbeat, export rings, and a second watcher is refused',
  async (t) => {
    const sandbox = createSandbox(t);
    sandbox.addFixture('keras-openmpi-one-rank', 'a');
    const root = ['--root', 'root'];
    const watch = startOn('login1', sandbox, ['watch', ...root, '--set', 'watch.doorbellSeconds=1']);
    t.teardown(() => watch.kill('SIGKILL'));
    await said(t, watch, /experiment was read experiment=a[\s\S]*workbook written/);

    let status = await startOn('login2', sandbox, ['status', ...root]);
    // The heartbeat follows what is new within seconds.
    while (!/watching 1 experiment/.test(String(status.stdout)))
      status = await startOn('login2', sandbox, ['status', ...root]);
    t.is(status.exitCode, 0, String(status.stderr));
    t.regex(
      String(status.stderr),
      /^tlw: the watcher runs on login1 and cannot be reached from here; this is its heartbeat of \d+ s ago\n$/,
    );
    t.regex(String(status.stdout), /^\S+root: .*\non login1, process \d+; file system \w+\n/);

    const rescan = await startOn('login2', sandbox, ['rescan', ...root]);
    t.is(rescan.exitCode, 69);
    t.regex(
      String(rescan.stderr),
      /runs on login1 \(heard of \d+ s ago\), and cannot be reached from here: ssh login1 tlw rescan/,
    );

    const second = await startOn('login2', sandbox, ['watch', ...root]);
    t.is(second.exitCode, 69);
    t.regex(String(second.stderr), /^tlw: already running: host login1, pid \d+, since 20/);

    const exported = await startOn('login2', sandbox, ['export', ...root]);
    t.is(exported.exitCode, 0, String(exported.stderr));
    t.regex(
      String(exported.stderr),
      /^tlw: the watcher of \S+ runs on login1 \(heard of \d+ s ago\): rang its doorbell, and wait/,
    );
    t.regex(String(exported.stdout), /^workbook: root\/master\.xlsx, 1 experiment, \d+\.\d s\n$/);

    watch.kill('SIGTERM');
    t.is((await watch).exitCode, 0);
    const ended = await startOn('login2', sandbox, ['status', ...root]);
    t.is(ended.exitCode, 69);
    t.regex(
      String(ended.stderr),
      /no watcher of \S+ answers on this host; the last one ran on login1 and was stopped \d+ s ago/,
    );
    const heartbeat = JSON.parse(readFileSync(join(dirname(sandbox.database()), 'heartbeat.json'), 'utf8'));
    t.like(heartbeat, { host: 'login1', hasStopped: true });
    t.false(existsSync(join(sandbox.root, '.tlw-root/.heartbeat.json')));
  },
);

test('a heartbeat is believed for three minutes, of another host, and not of one that stopped', (t) => {
  const heartbeat: Heartbeat = {
    ...{ host: 'elsewhere', pid: 1, root: '/r', text: '', health: [], lastPublishedMs: null, fileSystem: null },
    ...{ unreadable: [], logs: {}, atMs: 1_000_000, hasStopped: false },
    backlog: { toRead: 0, toWrite: 0, etaSeconds: null },
    loopDelay: { maxMs: 0, p99Ms: 0, minutes: 1 },
    usage: { metadataOperations: 0, cpuSeconds: 0, bytesRead: 0, slurmCalls: 0, minutes: 1 },
  };
  t.true(isAliveElsewhere(heartbeat, 1_000_000 + 179_000));
  t.false(isAliveElsewhere(heartbeat, 1_000_000 + 181_000));
  t.false(isAliveElsewhere({ ...heartbeat, hasStopped: true }, 1_000_000));
});
