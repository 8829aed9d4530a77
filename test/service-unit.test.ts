import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { packageRoot } from '../src/package.js';
import {
  maybeSystemdVersion,
  nodeFlags,
  renderHostDropIn,
  renderUnit,
  unitWord,
  withCronLine,
  withoutCronLine,
  withScronLine,
} from '../src/service/unit.js';

const template = readFileSync(path.join(packageRoot, 'systemd/training-log-wizard.service'), 'utf8');
const place = { node: '/opt/node 20/bin/node', program: '/home/u/.local/lib/tlw/build/src/cli.js' };

test('the unit runs this node and this install, with words that systemd reads as they are meant', (t) => {
  const unit = renderUnit({
    template,
    ...place,
    words: ['watch', '--root', '/scratch/100%/a "b" $c'],
    systemdVersion: 252,
  });
  t.regex(
    unit,
    /^ExecStart="\/opt\/node 20\/bin\/node" --max-semi-space-size=2 \/home\/u\/\.local\/lib\/tlw\/build\/src\/cli\.js watch --root "\/scratch\/100%%\/a \\"b\\" \$\$c"$/m,
  );
  t.is(unit.match(/^ExecStart=/gm)?.length, 1);
  t.true(template.includes(`\nExecStart=/usr/bin/node ${nodeFlags.join(' ')} %h/`));
  t.regex(unit, /^Type=notify$/m);
  t.regex(unit, /^RestartPreventExitStatus=64 69 77 78$/m);
});

for (const [version, type] of [
  [252, 'notify'],
  [246, 'notify'],
  [245, 'exec'],
  [240, 'exec'],
  [239, 'simple'],
] as const) {
  test(`SD6: systemd ${version} gets a unit of type ${type}`, (t) => {
    const unit = renderUnit({ template, ...place, words: ['watch'], systemdVersion: version });
    t.regex(unit, new RegExp(`^Type=${type}$`, 'm'));
    t.is(/^(?:WatchdogSec|NotifyAccess)=/m.test(unit), type === 'notify');
  });
}

test('versions as systemctl prints them', (t) => {
  t.is(maybeSystemdVersion('systemd 252 (252.38-1~deb12u1)\n+PAM +AUDIT'), 252);
  t.is(maybeSystemdVersion('systemd 239\n'), 239);
  t.is(maybeSystemdVersion('command not found'), undefined);
});

test('one host only, where several share a home', (t) => {
  t.regex(renderHostDropIn('login1'), /\[Unit\]\nConditionHost=login1\n$/);
});

test('a crontab keeps its other lines, and has ours once', (t) => {
  const options = { ...place, words: ['watch', '--once', '--root', '/s/100%'], every: 15 };
  const once = withCronLine('MAILTO=me\n0 1 * * * backup\n', options);
  t.regex(
    once,
    /^MAILTO=me\n0 1 \* \* \* backup\n\*\/15 \* \* \* \* nice '\/opt\/node 20\/bin\/node' .*--root \/s\/100\\% # training-log-wizard\n$/,
  );
  t.is(withCronLine(once, options), once);
  t.is(withoutCronLine(once), 'MAILTO=me\n0 1 * * * backup\n');
  t.regex(withScronLine('', options), /^#SCRON .*\n\*\/15 /);
  t.is(withScronLine(withScronLine('', options), options), withScronLine('', options));
});

test('words of a unit', (t) => {
  t.is(unitWord('/plain/path'), '/plain/path');
  t.is(unitWord('a b'), '"a b"');
  t.is(unitWord('50%'), '50%%');
});

test('--dry-run prints everything and writes nothing', async (t) => {
  const home = mkdtempSync(path.join(tmpdir(), 'tlw-service-'));
  const { stdout, exitCode } = await execa(
    'node',
    [path.join(packageRoot, 'build/src/cli.js'), 'service', 'install', '--root', '/data', '--dry-run'],
    {
      env: { HOME: home, XDG_CONFIG_HOME: path.join(home, 'config') },
      reject: false,
    },
  );
  t.is(exitCode, 0);
  t.regex(stdout, /^ExecStart=.*watch --root \/data$/m);
  t.regex(stdout, /^\$ systemctl --user enable training-log-wizard\.service$/m);
  t.throws(() => readFileSync(path.join(home, 'config/systemd/user/training-log-wizard.service')), { code: 'ENOENT' });
});

test('SD1: without a user manager: one line with the ways out, exit 78', async (t) => {
  const home = mkdtempSync(path.join(tmpdir(), 'tlw-service-'));
  // A systemctl that answers as one does where nobody runs the user's manager.
  writeFileSync(
    path.join(home, 'systemctl'),
    '#!/bin/sh\n[ "$1" = --version ] && { echo "systemd 252"; exit; }\necho "Failed to connect to bus: No medium found" >&2\nexit 1\n',
    { mode: 0o755 },
  );
  const { stderr, exitCode } = await execa(
    'node',
    [path.join(packageRoot, 'build/src/cli.js'), 'service', 'install', '--root', '/data'],
    {
      env: { HOME: home, XDG_CONFIG_HOME: home, PATH: `${home}:${process.env.PATH}` },
      reject: false,
    },
  );
  t.is(exitCode, 78);
  t.regex(stderr, /^tlw: expected a systemd user manager, but Failed to connect to bus.*tmux.*--cron"$/);
});

/** A home whose programs of systemd and cron are these scripts, and no others. */
function fakeHost(scripts: Readonly<Record<string, string>>) {
  const home = mkdtempSync(path.join(tmpdir(), 'tlw-service-'));
  for (const [name, text] of Object.entries(scripts))
    writeFileSync(path.join(home, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  const env = { HOME: home, XDG_CONFIG_HOME: path.join(home, 'config'), PATH: home };
  return {
    home,
    run: (...words: string[]) =>
      execa(process.execPath, [path.join(packageRoot, 'build/src/cli.js'), ...words], {
        ...{ env, extendEnv: false, reject: false },
      }),
  };
}

test('SD3: where linger is refused the service runs all the same, and it is said whom to ask', async (t) => {
  const { home, run } = fakeHost({
    systemctl: '[ "$1" = --version ] && echo "systemd 252"; exit 0',
    loginctl: 'case "$1" in show-user) echo no;; *) echo "Could not enable linger: Access denied" >&2; exit 1;; esac',
  });
  const { stderr, exitCode } = await run('service', 'install', '--root', '/data');
  t.is(exitCode, 0, stderr);
  t.regex(
    readFileSync(path.join(home, 'config/systemd/user/training-log-wizard.service'), 'utf8'),
    /watch --root \/data$/m,
  );
  t.regex(stderr, /^started; it watches \/data$/m);
  t.regex(
    stderr,
    /^it stops some seconds after your last logout: .* was refused \(Could not enable linger: Access denied\)\. Ask an administrator for "loginctl enable-linger \$USER", or keep a session open$/m,
  );
});

test('without cron, and without Slurm, it is said what is missing', async (t) => {
  const { run } = fakeHost({});
  const { stderr, exitCode } = await run('service', 'install', '--root', '/data', '--cron');
  t.is(exitCode, 69);
  t.is(stderr, 'tlw: crontab: expected this command, this host has none');
  t.regex((await run('doctor', '--json')).stdout, /no squeue here/);
});
