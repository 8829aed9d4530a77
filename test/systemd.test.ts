import { cpSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { packageRoot } from '../src/package.js';

const whyNot = !existsSync('/lib/systemd/systemd')
  ? 'systemd is not installed'
  : process.getuid?.() !== 0
    ? 'a private systemd --user needs root'
    : undefined;
const testWithSystemd = whyNot === undefined ? test : test.skip;
if (whyNot !== undefined) process.stderr.write(`skipped, the service under a real systemd: ${whyNot}\n`);

testWithSystemd('the service under a real systemd --user: start to uninstall', async (t) => {
  t.timeout(300_000);
  const home = mkdtempSync(path.join(tmpdir(), 'tlw-systemd-'));
  const root = path.join(home, 'experiments');
  for (const name of ['keras-openmpi-one-rank', 'keras-openmpi-early-stops']) {
    cpSync(
      path.join(packageRoot, 'test/fixtures/experiments', name, `${name}.log`),
      path.join(root, name, `${name}.log`),
    );
  }
  const file = (name: string): string => path.join(packageRoot, name);
  const { stdout, stderr, exitCode } = await execa(
    file('test/private-systemd.sh'),
    [home, 'bash', file('test/systemd-scenario.sh'), file('build/src/cli.js'), root],
    { reject: false, timeout: 280_000 },
  );
  const facts = Object.fromEntries(stdout.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2)));
  t.log(facts);
  const manager = existsSync(path.join(home, 'manager.log'))
    ? readFileSync(path.join(home, 'manager.log'), 'utf8')
    : '';
  t.is(exitCode, 0, `${stdout}\n${stderr}\n${manager.slice(-3000)}`);
  t.like(facts, {
    install: '0',
    verify: '0',
    ready: 'active',
    service_status: '0',
    after_usr1: 'active',
    debugger: '0',
    export: '0',
    after_usr2: 'active',
    after_reload: 'active',
    workbook: 'there',
    restarts: '1',
    result: 'success',
    rows: '2',
    bad_config: '78',
    bad_config_restarts: '0',
    uninstall: '0',
    left: '0',
  });
  t.regex(facts.status ?? '', /^watching 2 experiments.*last workbook \d\d:\d\d$/);
  t.regex(facts.after_kill ?? '', /^watching 2 experiments/);
  t.true(Number(facts.stop_seconds) <= 20, facts.stop_seconds);
});
