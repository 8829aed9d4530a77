import { cpSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { packageRoot } from '../src/package.js';
import { installBelow } from './program.js';

const whyNot = !existsSync('/lib/systemd/systemd')
  ? 'systemd is not installed'
  : process.getuid?.() !== 0
    ? 'a private systemd --user needs root'
    : undefined;
const testWithSystemd = whyNot === undefined ? test.serial : test.skip;
if (whyNot !== undefined) process.stderr.write(`skipped, the service under a real systemd: ${whyNot}\n`);

/** Runs a scenario with two experiments in a `systemd --user` of its own; gives the facts that it prints. */
async function play(t: ExecutionContext, scenario: string): Promise<Record<string, string>> {
  t.timeout(400_000);
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
    [home, 'bash', file(`test/${scenario}`), path.join(installBelow(home), 'build/src/cli.js'), root],
    { reject: false, timeout: 380_000 },
  );
  const facts = Object.fromEntries(stdout.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2)));
  t.log(facts);
  const log = path.join(home, 'manager.log');
  const manager = existsSync(log) ? readFileSync(log, 'utf8') : '';
  t.is(exitCode, 0, `${stdout}\n${stderr}\n${manager.slice(-3000)}`);
  return facts;
}

testWithSystemd(
  'SD8, SD9, PR1, PR2, PR5, PR6: the service under a real systemd --user, start to uninstall',
  async (t) => {
    const facts = await play(t, 'systemd-scenario.sh');
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
  },
);

testWithSystemd(
  'SD5, SD7, SD10, SD11, PR10, PR13: early reloads, an upgrade, a loop that stands still, a hang at the stop, a crash loop',
  async (t) => {
    const facts = await play(t, 'systemd-faults.sh');
    t.like(facts, {
      install: '0',
      host: '1',
      doctor_unit: '1',
      early_signal: '0',
      after_early_reload: 'active',
      reload: '0',
      after_reload: 'active',
      upgrade_restarts: '1',
      watchdog_fed: '0',
      watchdog_restarts: '1',
      rows: '2',
      loop_state: 'failed',
      loop_explained: '1',
      loop_status: '1',
      mended: '0',
      after_mended: 'active',
      uninstall: '0',
    });
    t.regex(facts.after_upgrade ?? '', /^watching 2 experiments/);
    t.regex(facts.after_watchdog ?? '', /^watching 2 experiments/);
    t.true(Number(facts.hang_stopped) >= 3 && Number(facts.hang_stopped) <= 15, facts.hang_stopped);
  },
);
