import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { askControl } from '../src/daemon/control-server.js';
import { createServiceManager } from '../src/daemon/service-manager.js';
import { createSandbox, said } from './program.js';

test.serial('PR4, PR5, PR6: a watcher answers commands and signals, and ends cleanly', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.addFixture('keras-openmpi-one-rank', 'a');
  const config = join(sandbox.home, 'c.yaml');
  writeFileSync(config, 'depth: 2\n');
  t.is((await sandbox.run('status', '--root', 'root')).exitCode, 69);

  const watch = sandbox.start(['watch', '--root', 'root', '-c', 'c.yaml']);
  await said(t, watch, /experiment was read experiment=a[\s\S]*workbook written/);
  const status = await sandbox.run('status', '--root', 'root');
  t.regex(status.stdout, /root: watching 1 experiment, 0 running, last workbook \d\d:\d\d\n/);
  t.regex(
    (await sandbox.run('export', '--root', 'root')).stdout,
    /^workbook: root\/master\.xlsx, 1 experiment, \d+\.\d s$/,
  );

  writeFileSync(config, 'depht: 2\n');
  watch.kill('SIGHUP');
  await said(t, watch, /the new config is wrong, the old one stays where=\S*c\.yaml:1 reason=".*did you mean/);
  const wrong = await sandbox.run('reload', '--root', 'root');
  t.is(wrong.exitCode, 78);
  t.regex(wrong.stderr, /c\.yaml:1: there is no option "depht"/);
  writeFileSync(config, 'depth: 3\n');
  t.is((await sandbox.run('reload', '--root', 'root')).stdout, 'the config was read again');
  await said(t, watch, /config was read again[\s\S]*watching/);

  watch.kill('SIGUSR2');
  await said(t, watch, /workbook exported path=\S*master\.xlsx rows=1/);
  const folder = join(sandbox.database(), '..');
  t.like(JSON.parse(readFileSync(join(folder, 'last-export.json'), 'utf8')), { rows: 1 });
  t.is(statSync(join(folder, 'control.sock')).mode & 0o777, 0o600);
  watch.kill('SIGUSR1');
  await said(t, watch, /SIGUSR1 means nothing here/);
  watch.kill('SIGTERM');
  t.is((await watch).exitCode, 0);
  t.throws(() => statSync(join(folder, 'control.sock')));
  // Without a watcher it is written by the command itself, and said the same way.
  t.regex(
    (await sandbox.run('export', '--root', 'root')).stdout,
    /^0 logs read, 0 files written below root\nworkbook: root\/master\.xlsx, 1 experiment, \d+\.\d s$/,
  );
});

test('who asks for the workbook while it is being written shares it, and is told the same', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.addFixture('keras-openmpi-one-rank', 'a');
  const watch = sandbox.start(['watch', '--root', 'root']);
  t.teardown(() => watch.kill());
  await said(t, watch, /experiment was read experiment=a[\s\S]*workbook written/);
  const socket = join(sandbox.database(), '..', 'control.sock');
  const [first, second] = await Promise.all([askControl(socket, 'export'), askControl(socket, 'export')]);
  t.deepEqual(second, first);
  t.like(first, { path: join(sandbox.root, 'master.xlsx'), rows: 1 });
});

for (const events of [true, false]) {
  test(`the workbook can be rung for in the doorbell folder, ${events ? 'heard by an event' : 'found by polling'}`, async (t) => {
    const sandbox = createSandbox(t);
    sandbox.addFixture('keras-openmpi-one-rank', 'a');
    const watch = sandbox.start([
      ...['watch', '--root', 'root'],
      ...['--set', `watch.events=${events}`, '--set', 'watch.doorbellSeconds=1'],
    ]);
    t.teardown(() => watch.kill());
    await said(t, watch, /experiment was read experiment=a/);
    const bell = join(sandbox.root, '.tlw-root/tlw-export');
    writeFileSync(bell, '');
    await said(t, watch, /workbook exported path=\S*master\.xlsx rows=1/);
    t.false(existsSync(bell));
    const answer = join(sandbox.root, '.tlw-root/.tlw-export.json');
    while (!existsSync(answer)) await new Promise((resolve) => setTimeout(resolve, 20));
    t.like(JSON.parse(readFileSync(answer, 'utf8')), { rows: 1, path: join(sandbox.root, 'master.xlsx') });

    // So is that it could not be written where it should be.
    const before = readFileSync(answer, 'utf8');
    rmSync(join(sandbox.root, 'master.xlsx'));
    mkdirSync(join(sandbox.root, 'master.xlsx'));
    sandbox.addFixture('keras-openmpi-one-rank', 'b');
    await said(t, watch, /experiment was read experiment=b/);
    writeFileSync(bell, '');
    while (readFileSync(answer, 'utf8') === before) await new Promise((resolve) => setTimeout(resolve, 20));
    t.regex(readFileSync(answer, 'utf8'), /"notices":\["master\.xlsx cannot be read \(.* is a folder\)/);
  });
}

test('a signal that comes while the program still loads is kept', async (t) => {
  const sandbox = createSandbox(t);
  const watch = sandbox.start(['watch', '--root', 'root'], { ipc: false, env: sandbox.environment });
  // Once the signals are caught, /proc says so; 0x800 is SIGUSR2.
  const caught = () => /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${watch.pid}/status`, 'utf8'))?.[1] ?? '0';
  while ((BigInt(`0x${caught()}`) & 0x800n) === 0n) await new Promise((resolve) => setImmediate(resolve));
  watch.kill('SIGUSR2');
  await said(t, watch, /workbook exported/);
  watch.kill('SIGINT');
  t.is((await watch).exitCode, 0);
});

test('the service manager is told what it wants to know, and nobody where there is none', (t) => {
  const told: string[] = [];
  const tell = (words: readonly string[]) => told.push(...words);
  const manager = createServiceManager({ NOTIFY_SOCKET: '/run/x', WATCHDOG_USEC: '180000000' }, tell);
  t.is(manager.watchdogMs, 180_000);
  manager.ready();
  manager.status('watching');
  manager.status('watching');
  manager.alive();
  manager.stopping();
  t.deepEqual(told.splice(0), ['--ready', '--status=watching', 'WATCHDOG=1', 'STOPPING=1']);
  const nobody = createServiceManager({ WATCHDOG_USEC: '180000000' }, tell);
  nobody.ready();
  t.is(nobody.watchdogMs, null);
  t.deepEqual(told, []);
});
