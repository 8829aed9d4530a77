import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execaSync } from 'execa';
import { checkLimits } from '../src/commands/doctor/host-checks.js';
import { checkClock } from '../src/commands/doctor/place-checks.js';
import { checkNode } from '../src/commands/doctor/program-checks.js';
import { parseQuota } from '../src/commands/doctor/quota.js';
import { parseMountOf } from '../src/mounts.js';
import { packageRoot } from '../src/package.js';
import { hangRoot, whyNoHang } from './hang-root.js';
import { createSandbox, type Sandbox, said } from './program.js';

interface Found {
  readonly section: string;
  readonly level: string;
  readonly topic: string;
  readonly text: string;
  readonly advice: string | null;
}

/** Findings by topic: the gravest of each. */
async function diagnose(
  sandbox: Sandbox,
  ...args: string[]
): Promise<{ exitCode: number | undefined; found: Map<string, Found> }> {
  const { exitCode, stdout } = await sandbox.run('doctor', '--json', ...args);
  const list: Found[] = JSON.parse(stdout);
  const order = ['ok', 'warn', 'fail'];
  return {
    exitCode,
    found: new Map(
      list.sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level)).map((each) => [each.topic, each]),
    ),
  };
}

test('all is well with an ordinary root, and nothing is left behind', async (t) => {
  const sandbox = createSandbox(t);
  const { exitCode, found } = await diagnose(sandbox, '--root', 'root');
  t.is(exitCode, 0);
  t.deepEqual(
    [...found.values()].filter(({ level }) => level === 'fail'),
    [],
  );
  for (const topic of [
    'node',
    'database library',
    'fonts',
    'inotify',
    'root',
    'outputs',
    'state',
    'clock',
    'locks',
    'database',
  ]) {
    t.is(found.get(topic)?.level, 'ok', topic);
  }
  t.is(found.get('watcher')?.level, 'warn');
  t.deepEqual(readdirSync(sandbox.home).sort(), ['.cache', 'root']);
  t.deepEqual(readdirSync(sandbox.root), []);
});

test('one line a finding, what to do below it, and a sum', async (t) => {
  const sandbox = createSandbox(t);
  const { stdout } = await sandbox.run('doctor', '--root', 'root');
  t.regex(stdout, /^program\n {2}✓ node +training-log-wizard \S+ on Node/);
  t.regex(stdout, /^ {2}! watcher +none runs\n +→ tlw service install, or tlw watch in tmux$/m);
  t.regex(stdout, /\n\d warnings?, \d+ well$/);
  t.false(stdout.includes('\x1b'));
});

test.serial('a watcher that runs says what it does and what its last hour cost', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.addFixture('keras-openmpi-one-rank', 'a');
  const watch = sandbox.start(['watch', '--root', 'root']);
  t.teardown(() => watch.kill('SIGKILL'));
  await said(t, watch, /workbook written/);
  const { found } = await diagnose(sandbox, '--root', 'root');
  t.regex(found.get('watcher')?.text ?? '', new RegExp(`process ${watch.pid} \\(here\\): watching 1 experiment`));
  const [, ops, cpu, megabytes] =
    /^the last 1 min: (\d+) metadata operations, ([\d.]+) s of CPU, ([\d.]+) MB of logs read, 0 calls of squeue and sacct$/.exec(
      found.get('budget')?.text ?? '',
    ) ?? [];
  t.true(Number(ops) > 0 && Number(cpu) > 0.1 && Number(megabytes) >= 0, found.get('budget')?.text);
  watch.kill('SIGTERM');
  await watch;
});

test('a root that is not there, and mistakes in the config, are failures, and the rest is looked at all the same', async (t) => {
  const sandbox = createSandbox(t);
  const missing = await diagnose(sandbox, '--root', 'none');
  t.is(missing.exitCode, 66);
  t.regex(missing.found.get('root')?.text ?? '', /none: ENOENT/);
  writeFileSync(join(sandbox.home, 'c.yaml'), 'dpeth: 3\n');
  const { stdout } = await sandbox.run('-c', 'c.yaml', 'doctor', '--json');
  const list: Found[] = JSON.parse(stdout);
  t.regex(list.find(({ topic }) => topic === 'config')?.text ?? '', /c\.yaml:1: there is no option "dpeth"/);
  t.true(list.some(({ topic }) => topic === 'node'));
});

test('each value of the config that is no default says where it comes from', async (t) => {
  const sandbox = createSandbox(t);
  writeFileSync(join(sandbox.home, 'c.yaml'), 'depth: 2\n');
  const { found } = await diagnose(sandbox, '--root', 'root', '-c', 'c.yaml', '--set', 'watch.queue=false');
  t.regex(found.get('depth')?.text ?? '', /^2, from \S+c\.yaml:1$/);
  t.is(found.get('watch.queue')?.text, 'false, from --set watch.queue');
});

/** A folder with programs that answer as systemd's do. */
function fakeSystemd(
  t: ExecutionContext,
  sandbox: Sandbox,
  facts: Readonly<Record<string, string>>,
  verify = '',
): Sandbox {
  const bin = join(sandbox.home, 'bin');
  mkdirSync(bin);
  const cases = Object.entries(facts).map(([name, value]) => `*--property=${name}*) echo '${value}';;`);
  const script = (name: string, text: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  script(
    'systemctl',
    `case "$*" in --version) echo 'systemd 252 (252)';; *show-environment) ;; ${cases.join(' ')} *) echo;; esac`,
  );
  script('systemd-analyze', verify === '' ? 'exit 0' : `echo '${verify}' >&2`);
  script('loginctl', `echo ${facts.Linger ?? 'yes'}`);
  script('busctl', 'echo b true');
  symlinkSync(process.execPath, join(bin, 'node'));
  const unit = join(sandbox.home, '.config/systemd/user/training-log-wizard.service');
  mkdirSync(`${unit}.d`, { recursive: true });
  writeFileSync(unit, `[Service]\nExecStart=/usr/bin/node ${packageRoot}build/src/cli.js watch\n`);
  sandbox.environment.PATH = `${bin}:${sandbox.environment.PATH}`;
  t.pass();
  return sandbox;
}

test('SD12: a typo in the unit is found, although systemd only warns of it', async (t) => {
  const typo = "training-log-wizard.service:3: Unknown key name 'NotifyAcess' in section 'Service', ignoring.";
  const { exitCode, found } = await diagnose(
    fakeSystemd(t, createSandbox(t), { ActiveState: 'active' }, typo.replaceAll("'", '"')),
  );
  t.is(exitCode, 78);
  t.regex(found.get('unit')?.text ?? '', /Unknown key name "NotifyAcess"/);
});

test('SD13: where this host does not allow what a drop-in asks for, the drop-in is named', async (t) => {
  const sandbox = fakeSystemd(t, createSandbox(t), {
    ActiveState: 'failed',
    Result: 'exit-code',
    ExecMainStatus: '226',
  });
  const dropIn = join(sandbox.home, '.config/systemd/user/training-log-wizard.service.d/hardening.conf');
  writeFileSync(dropIn, '[Service]\nPrivateTmp=yes\nPrivateUsers=yes\n');
  const { exitCode, found } = await diagnose(sandbox);
  t.is(exitCode, 78);
  t.regex(found.get('drop-ins')?.advice ?? '', new RegExp(`^remove ${dropIn}`));
});

test('PR10, SD2, SD4, SD5: a crash loop, no linger, processes that are ended, another host: each with what to do', async (t) => {
  const facts = { ActiveState: 'failed', Result: 'start-limit-hit', ExecMainStatus: '1', Linger: 'no' };
  const sandbox = fakeSystemd(t, createSandbox(t), facts);
  writeFileSync(
    join(sandbox.home, '.config/systemd/user/training-log-wizard.service.d/host.conf'),
    '[Unit]\nConditionHost=login9\n',
  );
  const { exitCode, found } = await diagnose(sandbox);
  t.is(exitCode, 69);
  t.regex(
    found.get('service')?.advice ?? '',
    /^journalctl .* says why; once that is mended: systemctl --user reset-failed/,
  );
  t.regex(
    found.get('logout')?.text ?? '',
    /end some seconds after your last logout, and all processes of a session end with it/,
  );
  t.regex(found.get('logout')?.advice ?? '', /ask an administrator/);
  t.regex(found.get('host')?.text ?? '', /^the service runs on login9, this is /);
});

const canMount = process.getuid?.() === 0;
const testWithMounts = canMount ? test.serial : test.skip;
if (!canMount) process.stderr.write('skipped: the doctor on a read-only state folder needs root, to mount a tmpfs\n');

testWithMounts('a state folder that cannot be written is a failure of permission', async (t) => {
  const sandbox = createSandbox(t);
  const state = join(sandbox.home, 'state');
  mkdirSync(state);
  execaSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', state]);
  t.teardown(() => execaSync('umount', [state]));
  const { exitCode, found } = await diagnose(sandbox, '--root', 'root');
  t.is(exitCode, 77);
  t.regex(found.get('state')?.text ?? '', /EROFS/);
});

testWithMounts('on a full disk it is said that there is no room, not that one may not write', async (t) => {
  const sandbox = createSandbox(t);
  const state = join(sandbox.home, 'state');
  mkdirSync(state);
  execaSync('mount', ['-t', 'tmpfs', '-o', 'size=100k', 'tmpfs', state]);
  t.teardown(() => execaSync('umount', [state]));
  writeFileSync(join(state, 'filler'), Buffer.alloc(96 * 1024));
  const { exitCode, found } = await diagnose(sandbox, '--root', 'root');
  t.is(exitCode, 74);
  t.regex(found.get('state')?.text ?? '', /no room: no space is left \(ENOSPC/);
  t.regex(found.get('state')?.advice ?? '', /^make room/);
});

const testWithBindfs = whyNoHang === undefined ? test.serial : test.serial.skip;
if (whyNoHang !== undefined) process.stderr.write(`skipped, the doctor on a root that hangs: ${whyNoHang}\n`);

testWithBindfs(
  'FS16: a root that does not answer is a failure after a deadline, and all else is looked at',
  async (t) => {
    const sandbox = createSandbox(t);
    await hangRoot(t, sandbox);
    // Meanwhile those who look there for a watcher on another host are told within the same time.
    const asked = ['status', 'export', 'rescan'].map((command) => sandbox.run(command, '--root', 'root'));
    const { exitCode, found } = await diagnose(sandbox, '--root', 'root');
    t.is(exitCode, 74);
    t.like(found.get('root'), { level: 'fail', text: `${sandbox.root}: no answer within 10 s` });
    t.is(found.get('outputs')?.level, 'fail');
    t.is(found.get('database')?.level, 'ok');
    t.is(found.get('watcher')?.text, 'none runs');
    for (const { exitCode, stdout, stderr } of await Promise.all(asked)) {
      const line = `tlw: ${sandbox.root}: no answer within 10 s from its disk or file server; where a watcher runs cannot be seen in it; tlw doctor --root ${sandbox.root} says more`;
      t.deepEqual({ exitCode, stdout, stderr }, { exitCode: 74, stdout: '', stderr: line });
    }
  },
);

/** Puts a program before all others, which notes how it was called. */
function addProgram(sandbox: Sandbox, name: string, script: string): string {
  const bin = join(sandbox.home, 'programs');
  mkdirSync(bin, { recursive: true });
  const calls = join(sandbox.home, `${name}.calls`);
  writeFileSync(join(bin, name), `#!/bin/sh\necho "$*" >>'${calls}'\n${script}\n`, { mode: 0o755 });
  sandbox.environment.PATH = `${bin}:${sandbox.environment.PATH}`;
  return calls;
}

test('what quota reports is said, and what is nearly used up is a warning', async (t) => {
  const sandbox = createSandbox(t);
  // As quota 4.09 prints it; it ends with 1 where a limit is passed.
  const lines = [
    'Disk quotas for user ada (uid 1000): ',
    '     Filesystem  blocks   quota   limit   grace   files   quota   limit   grace',
    'nas:/export/home 41234567* 40000000 50000000 1764500000   81234       0  100000       0',
  ];
  const calls = addProgram(sandbox, 'quota', `printf '%s\\n' ${lines.map((line) => `'${line}'`).join(' ')}; exit 1`);
  const { exitCode, found } = await diagnose(sandbox, '--root', 'root');
  t.is(exitCode, 0);
  t.like(found.get('space for outputs'), { level: 'warn' });
  t.regex(
    found.get('space for outputs')?.text ?? '',
    / free; your quota: 42\.2 GB of 51\.2 GB \(over the 41\.0 GB that you may keep\), 81,234 of 100,000 files$/,
  );
  t.regex(readFileSync(calls, 'utf8'), /^-w -p -f \/\S*\n/);
});

test('a quota program that hangs, fails or knows of none takes nothing from what the doctor says', async (t) => {
  const answers = await Promise.all(
    [
      'sleep 600',
      'echo "quota: not found or has no quota enabled" >&2; exit 1',
      'echo "Disk quotas for user ada (uid 1000): none"',
    ].map(async (script) => {
      const sandbox = createSandbox(t);
      addProgram(sandbox, 'quota', script);
      const { exitCode, found } = await diagnose(sandbox, '--root', 'root');
      t.is(exitCode, 0);
      return found.get('space for outputs')?.text.replace(/^.* free; /, '');
    }),
  );
  const none = 'a file could be written, so no quota is used up (how much of one is left: quota -s)';
  t.deepEqual(answers, [none.replace(')', ', which gave no answer within 2 s)'), none, none]);
});

test('quotas are read as quota and lfs print them', (t) => {
  const lfs = '/lustre/scratch/with-a-long-name\n                [1234]  0  2000* -  12*  10  20  6d23h59m\n';
  t.deepEqual(parseQuota(lfs), {
    space: { used: 1234 * 1024, soft: 0, hard: 2000 * 1024 },
    files: { used: 12, soft: 10, hard: 20 },
  });
  t.like(parseQuota('     /scratch 1234   0   0 - 12 0 0 -\n'), { space: { used: 1234 * 1024, hard: 0 } });
  t.is(parseQuota('Disk quotas for user ada (uid 1000): no limited resources used\n'), undefined);
  t.is(
    parseQuota('Some errors happened when getting quota info. Some devices may be not working or deactivated.'),
    undefined,
  );
});

test('versions of Node, clocks and limits are judged', (t) => {
  t.is(checkNode('20.19.0').level, 'ok');
  t.is(checkNode('22.1.0').level, 'ok');
  t.is(checkNode('20.18.3').level, 'fail');
  t.deepEqual(checkClock('clock', null), []);
  t.is(checkClock('clock', -2000)[0]?.level, 'ok');
  t.regex(checkClock('clock', 61_000)[0]?.text ?? '', /the file server is 61\.0 s ahead of this host/);
  const limits =
    'Limit                     Soft Limit           Hard Limit           Units\nMax cpu time              1200                 unlimited            seconds\nMax open files            64                   4096                 files\n';
  t.deepEqual(
    checkLimits(limits).map(({ level, text }) => [level, text]),
    [
      ['warn', 'up to 64'],
      ['warn', 'processes here end after 20 minutes of processor time'],
    ],
  );
});

test('the mount of a path is the deepest one, the last of several', (t) => {
  const text = [
    '22 1 0:20 / / rw,relatime shared:1 - ext4 /dev/sda1 rw',
    '30 22 0:30 / /home rw,nosuid shared:2 - nfs4 nas:/home rw,vers=4.2,local_lock=none',
    '31 30 0:31 / /home/a\\040b rw - lustre mds@tcp:/x rw,localflock',
  ].join('\n');
  t.like(parseMountOf('/etc', text), { type: 'ext4', mountPoint: '/' });
  t.like(parseMountOf('/home/ada', text), { type: 'nfs4', source: 'nas:/home' });
  t.like(parseMountOf('/home/a b/c', text), { mountPoint: '/home/a b', options: 'rw,localflock' });
  t.like(parseMountOf('/homes', text), { mountPoint: '/' });
});
