import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
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

const willing = {
  systemctl: '[ "$1" = --version ] && echo "systemd 252"; exit 0',
  loginctl: 'echo yes',
};

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

test('SD2: linger that is off is enabled, and that is said', async (t) => {
  const { home, run } = fakeHost({
    systemctl: willing.systemctl,
    loginctl: 'case "$1" in show-user) echo no;; *) echo "$*" >"$HOME/lingers";; esac',
  });
  const { stderr, exitCode } = await run('service', 'install', '--root', '/data');
  t.is(exitCode, 0, stderr);
  t.regex(stderr, /^it goes on after logout \(linger is enabled\)$/m);
  t.is(readFileSync(path.join(home, 'lingers'), 'utf8'), 'enable-linger\n');
});

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

test('a crontab that cannot be read is never replaced', async (t) => {
  const { home, run } = fakeHost({
    crontab: 'case "$1" in -l) echo "crontab: spool: Input/output error" >&2; exit 1;; *) : >"$HOME/replaced";; esac',
  });
  for (const words of [
    ['install', '--root', '/data', '--cron'],
    ['uninstall', '--cron'],
  ]) {
    const { stderr, exitCode } = await run('service', ...words);
    t.is(exitCode, 69);
    t.is(stderr, 'tlw: crontab: crontab: spool: Input/output error');
  }
  t.false(existsSync(path.join(home, 'replaced')));
});

test('cron gets a line beside those that are there, once, and loses it again', async (t) => {
  const { home, run } = fakeHost({
    crontab:
      'case "$1" in -l) [ -f "$HOME/tab" ] || { echo "no crontab for u" >&2; exit 1; }; while read -r line; do echo "$line"; done <"$HOME/tab";; *) while read -r line; do echo "$line"; done >"$HOME/tab.new"; /bin/mv "$HOME/tab.new" "$HOME/tab";; esac',
  });
  const table = () => readFileSync(path.join(home, 'tab'), 'utf8');
  const install = ['service', 'install', '--root', '/data', '--cron'];
  t.regex((await run(...install, '--dry-run')).stdout, /^\*\/15 .* watch --once --root \/data # training-log-wizard$/);
  t.false(existsSync(path.join(home, 'tab')));
  writeFileSync(path.join(home, 'tab'), '0 1 * * * backup\n');
  t.is((await run(...install)).stderr, 'crontab: changed');
  t.regex(table(), /^0 1 \* \* \* backup\n\*\/15 .*\n$/);
  t.is((await run(...install)).stderr, 'crontab: nothing to change');
  t.is((await run('service', 'uninstall', '--cron')).exitCode, 0);
  t.is(table(), '0 1 * * * backup\n');
});

test('the config that was named goes with the service; what only this shell knows is told', async (t) => {
  const { home, run } = fakeHost(willing);
  writeFileSync(path.join(home, 'my config.yaml'), 'root: /data\n');
  const { stdout, stderr } = await run(
    ...['--config', path.join(home, 'my config.yaml'), '--set', 'depth=2', 'service', 'install', '--dry-run'],
  );
  t.true(stdout.includes(`cli.js --config "${home}/my config.yaml" watch --root /data\n`), stdout);
  t.is(stderr, 'tlw: not taken along, put it into a config: --set depth');
});

test('installed for every host after it was for one; uninstalled, it leaves drop-ins that are not its own', async (t) => {
  const { home, run } = fakeHost(willing);
  const unit = path.join(home, 'config/systemd/user/training-log-wizard.service');
  t.is((await run('service', 'install', '--root', '/data')).exitCode, 0);
  t.true(existsSync(`${unit}.d/host.conf`));
  const { stderr } = await run('service', 'install', '--root', '/data', '--any-host');
  t.true(stderr.includes(`removed ${unit}.d/host.conf\n`), stderr);
  t.false(existsSync(`${unit}.d/host.conf`));

  writeFileSync(`${unit}.d/memory.conf`, '[Service]\nMemoryMax=1G\n');
  const first = await run('service', 'uninstall');
  t.is(first.stderr, `kept your own drop-ins: ${unit}.d/memory.conf\nremoved; database and outputs stay`);
  t.false(existsSync(unit));
  t.true(existsSync(`${unit}.d/memory.conf`));
  const again = await run('service', 'uninstall');
  t.is(again.exitCode, 66);
  t.is(again.stderr, `tlw: ${unit}: expected an installed service, found none`);
});

test('SD1: status without a user manager says why, what to do, and exits with 69', async (t) => {
  const { run } = fakeHost({
    systemctl: '[ "$1" = --version ] && { echo "systemd 252"; exit; }; echo "Failed to connect to bus" >&2; exit 1',
  });
  const { stdout, exitCode } = await run('service', 'status');
  t.is(exitCode, 69);
  t.regex(
    stdout,
    /^installed {2}no \(tlw service install\)\nmanager {4}Failed to connect to bus\nto do {6}log in by ssh .*--cron"$/,
  );
});
