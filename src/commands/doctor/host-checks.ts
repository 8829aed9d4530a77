/** What this host allows its users: events, open files, processor time, services that go on. */

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { attempt, findUserManager, type Run, readLinger } from '../../service/user-manager.js';
import { type Finding, ok, warn } from './finding.js';

/** Looks at limits and at what ends processes. */
export function checkHost(run: Run): Finding[] {
  return [
    checkInotify(),
    ...checkLimits(readFileSync('/proc/self/limits', 'utf8')),
    ...checkLogout(run),
    checkQueue(run),
  ];
}

function checkInotify(): Finding {
  const limits = ['max_user_watches', 'max_user_instances'].map((name) =>
    Number(attempt(() => readFileSync(`/proc/sys/fs/inotify/${name}`, 'latin1')).output || Number.NaN),
  );
  const [watches = Number.NaN, instances = Number.NaN] = limits;
  if (limits.some(Number.isNaN))
    return warn('inotify', 'this system has none', 'nothing need be done: looks find everything');
  const used = countInotify();
  const text = `${used.watches.toLocaleString('en')} of ${watches.toLocaleString('en')} watches and ${used.instances} of ${instances} instances in use by you`;
  if (used.watches < watches * 0.75 && used.instances < instances) return ok('inotify', text);
  const advice = 'without events new logs are found some seconds later; an editor may be what takes them';
  return warn('inotify', text, advice);
}

/** Of all processes of this user that can be looked at. */
function countInotify(): { instances: number; watches: number } {
  let [instances, watches] = [0, 0];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    for (const fd of listOwn(`/proc/${pid}/fd`)) {
      if (attempt(() => readlinkSync(`/proc/${pid}/fd/${fd}`)).output !== 'anon_inode:inotify') continue;
      instances += 1;
      watches +=
        attempt(() => readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'latin1')).output.split('\ninotify ').length - 1;
    }
  }
  return { instances, watches };
}

function listOwn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const leastFiles = 256;

/** What /proc/self/limits says of open files and processor time. Pure. */
export function checkLimits(limits: string): Finding[] {
  const limitOf = (name: string): number => Number(new RegExp(`^${name}\\s+(\\d+)`, 'm').exec(limits)?.[1] ?? Infinity);
  const files = limitOf('Max open files');
  const cpuSeconds = limitOf('Max cpu time');
  const findings = [
    files >= leastFiles
      ? ok('open files', `up to ${Number.isFinite(files) ? files.toLocaleString('en') : 'any number'}`)
      : warn('open files', `up to ${files}`, 'ulimit -n 1024 before the watcher is started'),
  ];
  if (!Number.isFinite(cpuSeconds)) return findings;
  const text = `processes here end after ${Math.round(cpuSeconds / 60)} minutes of processor time`;
  return [...findings, warn('processor time', text, 'tlw service install --cron starts it anew every 15 minutes')];
}

function checkLogout(run: Run): Finding[] {
  if (findUserManager(run).trouble !== null) return [];
  const kill = attempt(() =>
    run('busctl', [
      ...['get-property', 'org.freedesktop.login1', '/org/freedesktop/login1'],
      ...['org.freedesktop.login1.Manager', 'KillUserProcesses'],
    ]),
  );
  const linger = readLinger(run);
  if (linger === 'yes') return [ok('logout', 'services go on after your last logout (linger)')];
  const kills =
    kill.output.trim() === 'b true' ? ', and all processes of a session end with it (KillUserProcesses)' : '';
  const text =
    linger === 'no' ? `services end some seconds after your last logout${kills}` : `linger is not known: ${linger}`;
  return [warn('logout', text, 'loginctl enable-linger, or ask an administrator for "loginctl enable-linger $USER"')];
}

function checkQueue(run: Run): Finding {
  const { output, error } = attempt(() => run('squeue', ['--version']));
  if (error === null)
    return ok('queue', `${output.trim()}: what it says of a job helps to tell when a log is finished`);
  if (!error.includes('ENOENT')) {
    return warn(
      'queue',
      `squeue fails: ${error}`,
      'without it logs are finished by what they say, markers and silence',
    );
  }
  return ok('queue', 'no squeue here: logs are finished by what they say, markers and silence');
}
