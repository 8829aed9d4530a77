/** The unit: is it there, is it right, does it run. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { attempt, findUserManager, type Run } from '../../service/user-manager.js';
import { exitCodes } from '../../user-error.js';
import { hostDropIn, unitName } from '../service-files.js';
import { type Finding, fail, ok, warn } from './finding.js';

/** Looks at the user's unit in `file`. */
export function checkService(file: string, run: Run): Finding[] {
  const { version, trouble } = findUserManager(run);
  if (trouble !== null) {
    const advice =
      'tlw watch in tmux, or tlw service install --cron; with systemd, log in by ssh so that XDG_RUNTIME_DIR is set';
    return [warn('user manager', trouble, advice)];
  }
  const manager = ok('user manager', `systemd ${String(version)}`);
  if (!existsSync(file)) {
    return [
      manager,
      warn('unit', 'not installed', 'tlw service install --root DIR, for a watcher that is always there'),
    ];
  }
  return [manager, checkUnitText(file, run), ...checkHostDropIn(file), ...checkDropIns(file, run), checkState(run)];
}

/** systemd only warns of a mistake: where it is silent, all is well. */
function checkUnitText(file: string, run: Run): Finding {
  const { output, error } = attempt(() => run('sh', ['-c', 'exec systemd-analyze --user verify "$0" 2>&1', file]));
  const said = (error ?? output).split('\n').filter((line) => line.includes(unitName));
  if (said.length > 0) {
    const advice = `mend ${file}, or write it anew: tlw service install`;
    return fail('unit', said[0] ?? '', advice, exitCodes.config);
  }
  const program = /^ExecStart=.*?(\S+\/cli\.js)/m.exec(readFileSync(file, 'utf8'))?.[1];
  if (program !== undefined && !existsSync(program)) {
    return fail('unit', `${program} is not there any longer`, 'tlw service install writes it anew', exitCodes.config);
  }
  return ok('unit', `${file}; systemd finds nothing wrong with it`);
}

function checkHostDropIn(file: string): Finding[] {
  const dropIn = hostDropIn(file);
  if (!existsSync(dropIn)) return [];
  const host = /^ConditionHost=(.*)$/m.exec(readFileSync(dropIn, 'utf8'))?.[1];
  if (host === undefined || host === hostname())
    return [ok('host', `the service starts on ${host ?? 'every host'} only`)];
  const advice = `look there, or move it here: tlw service install on ${hostname()}`;
  return [warn('host', `the service runs on ${host}, this is ${hostname()}`, advice)];
}

/** Exit codes of systemd for what a sandbox needs and this host does not allow, see systemd.exec(5). */
const sandboxFailures = new Map([
  ['217', 'DynamicUser or PrivateUsers'],
  ['218', 'PrivateDevices, ProtectClock or capabilities'],
  ['226', 'namespaces: PrivateTmp, ProtectHome, ReadOnlyPaths and the like'],
]);

function checkDropIns(file: string, run: Run): Finding[] {
  const folder = `${file}.d`;
  const others = existsSync(folder)
    ? readdirSync(folder).filter((name) => join(folder, name) !== hostDropIn(file))
    : [];
  if (others.length === 0) return [];
  const cause = sandboxFailures.get(read(run, 'ExecMainStatus'));
  if (cause === undefined) return [ok('drop-ins', others.join(', '))];
  const advice = `remove ${others.map((name) => join(folder, name)).join(' and ')}, then systemctl --user daemon-reload`;
  return [fail('drop-ins', `this host does not allow what one of them asks for (${cause})`, advice, exitCodes.config)];
}

function checkState(run: Run): Finding {
  const [state, result, code, restarts] = ['ActiveState', 'Result', 'ExecMainStatus', 'NRestarts'].map((name) =>
    read(run, name),
  );
  const journal = `journalctl --user -u ${unitName} says why`;
  if (state === 'active') {
    const text = `running, ${restarts === '0' ? 'never restarted' : `restarted ${restarts} times`}: ${read(run, 'StatusText')}`;
    return Number(restarts) > 2 ? warn('service', text, journal) : ok('service', text);
  }
  if (state === 'failed') {
    const text = `failed (${String(result)}, exit code ${String(code)})`;
    const advice = `${journal}; once that is mended: systemctl --user reset-failed ${unitName}, and start it`;
    return fail('service', text, advice, exitCodes.unavailable);
  }
  return warn('service', `not running (${String(state)})`, `systemctl --user start ${unitName}`);
}

function read(run: Run, property: string): string {
  return attempt(() =>
    run('systemctl', ['--user', 'show', unitName, `--property=${property}`, '--value']),
  ).output.trim();
}
