/** Root, state folder and outputs: what they lie on and what follows, space, clock, and what a database needs. */

import type { Config } from '../../config.js';
import type { ExaminedFolder } from '../../daemon/examine.js';
import { examineDatabase } from '../../daemon/examine-database.js';
import type { Jobs } from '../../daemon/jobs.js';
import { outputFolderOf } from '../../daemon/places.js';
import { watchSettings } from '../../daemon/watch-settings.js';
import { messageOf } from '../../errors.js';
import type { Mount } from '../../mounts.js';
import { exitCodes } from '../../user-error.js';
import { type Finding, fail, ok, warn } from './finding.js';
import { checkSpace, fullDisk } from './space-checks.js';

export interface Places {
  readonly root: string;
  readonly stateFolder: string;
  readonly config: Config;
}

/** Looks at the three folders, each in a child process with a deadline. */
export async function checkPlaces({ root, stateFolder, config }: Places, jobs: Jobs): Promise<Finding[]> {
  const outputs = outputFolderOf(root, config);
  // One after the other: what hangs once will hang again, and is not asked again.
  const ofRoot = await examined('root', root, false, jobs, (folder) => checkRoot(root, folder, config));
  const ofOutputs =
    isBelow(outputs, root) && ofRoot.some(({ exitCode }) => exitCode === exitCodes.inputOutput)
      ? [fail('outputs', `${outputs}: not looked at, it lies in the root`, noAnswerAdvice, exitCodes.inputOutput)]
      : await examined('outputs', outputs, true, jobs, (folder) => checkOutputs(outputs, folder, root));
  const ofState = await examined('state', stateFolder, true, jobs, (folder) => [
    ...checkState(stateFolder, folder),
    ...checkClock('clock', folder.skewMs),
  ]);
  return [...ofRoot, ...ofOutputs, ...ofState, ...(await checkDatabase(stateFolder, jobs))];
}

const noAnswerAdvice =
  'the disk or file server does not answer; the watcher waits for it, as it does for a missing root';

async function examined(
  topic: string,
  path: string,
  mayWrite: boolean,
  jobs: Jobs,
  check: (folder: ExaminedFolder) => Finding[],
): Promise<Finding[]> {
  try {
    return check(await jobs.examineFolder(path, mayWrite));
  } catch (error) {
    return [fail(topic, `${path}: ${messageOf(error)}`, noAnswerAdvice, exitCodes.inputOutput)];
  }
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function checkRoot(root: string, folder: ExaminedFolder, config: Config): Finding[] {
  if (folder.missing !== null) {
    const advice = 'name the folder that holds the experiments with --root, or in the config';
    return [fail('root', `${root}: ${folder.missing}`, advice, exitCodes.noInput)];
  }
  if (folder.unreadable !== null) {
    return [
      fail('root', `${root}: ${folder.unreadable}`, 'ask its owner for the right to read it', exitCodes.noPermission),
    ];
  }
  const { opsPerSecond, rootIntervalMs, useEvents } = watchSettings(folder.fileSystem, config);
  const looks = `new experiments are looked for every ${rootIntervalMs / 1000} s`;
  const how = `${useEvents ? 'events and looks' : 'looks only, no events'}; ${looks}, at most ${opsPerSecond} metadata operations a second`;
  return [ok('root', `${root} on ${nameOf(folder)}: ${how}`)];
}

function checkOutputs(outputs: string, folder: ExaminedFolder, root: string): Finding[] {
  if (folder.isFull) return [fullDisk('outputs', outputs, folder)];
  if (folder.unwritable !== null) {
    const advice =
      outputs === root
        ? 'choose a folder that you may write in: outputs.dir in the config'
        : 'choose another outputs.dir';
    return [fail('outputs', `${outputs}: ${folder.unwritable}`, advice, exitCodes.noPermission)];
  }
  const findings = [ok('outputs', `${outputs}, writable`), checkSpace('space for outputs', folder)];
  if (folder.isOpenToAll) {
    findings.push(
      warn('outputs', `${outputs} may be written by everybody`, `chmod o-w ${outputs}, or set its sticky bit`),
    );
  }
  return findings;
}

/** Mount options by which locks stay on one host. */
const localLocks = /(^|,)(nolock|noflock|localflock|local_lock=(all|posix|flock))(,|$)/;

function checkState(stateFolder: string, folder: ExaminedFolder): Finding[] {
  if (folder.isFull) return [fullDisk('state', stateFolder, folder)];
  if (folder.unwritable !== null) {
    const advice = 'choose a folder that you may write in: stateDir in the config';
    return [fail('state', `${stateFolder}: ${folder.unwritable}`, advice, exitCodes.noPermission)];
  }
  const what = `${stateFolder} on ${nameOf(folder)}`;
  const findings = [
    folder.fileSystem.isLocal
      ? ok('state', `${what}: a local disk, so the database has a write-ahead log`)
      : warn(
          'state',
          `${what}: a network file system, so the database has a rollback journal, and a lease beside its lock`,
          'where this host has a local disk that outlives logins, stateDir there is faster; else this is safe as it is',
        ),
    checkSpace('space for state', folder),
  ];
  if (folder.mount !== null && localLocks.test(folder.mount.options)) {
    const text = `${folder.mount.mountPoint} is mounted with locks that reach this host only (${optionOf(folder.mount)})`;
    findings.push(
      warn('locks', text, 'the lease keeps a second daemon away; do not delete daemon.json in the state folder'),
    );
  }
  return findings;
}

function optionOf({ options }: Mount): string {
  return localLocks.exec(options)?.[2] ?? '';
}

/** How far clocks may be apart. */
const mostSkewMs = 5000;

/** Whether the file server's clock is ours. Pure. */
export function checkClock(topic: string, skewMs: number | null): Finding[] {
  if (skewMs === null) return [];
  const seconds = (Math.abs(skewMs) / 1000).toFixed(1);
  if (Math.abs(skewMs) <= mostSkewMs) return [ok(topic, `this host and the file server agree within ${seconds} s`)];
  const text = `the file server is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} this host`;
  return [
    warn(topic, text, 'logs are judged by the server’s clock, so figures stay right; tell an administrator (NTP)'),
  ];
}

async function checkDatabase(stateFolder: string, jobs: Jobs): Promise<Finding[]> {
  try {
    const { fileSystem, there } = await jobs.examineFolder(stateFolder, false);
    const { areLocksKept, isWalShared } = await examineDatabase(there, fileSystem.isLocal, jobs);
    const findings = [
      areLocksKept
        ? ok('locks', 'a lock of one process keeps another out, tried on a throw-away database')
        : fail(
            'locks',
            `file locks do not work in ${stateFolder}`,
            'set stateDir to another file system',
            exitCodes.config,
          ),
    ];
    if (isWalShared === null) return findings;
    return [
      ...findings,
      isWalShared
        ? ok('database', 'two processes shared a write-ahead log, tried on a throw-away database')
        : fail(
            'database',
            'a write-ahead log is not seen by another process',
            'set stateDir to another disk',
            exitCodes.config,
          ),
    ];
  } catch (error) {
    return [fail('database', messageOf(error), 'see what is said of the state folder above', exitCodes.inputOutput)];
  }
}

function nameOf({ fileSystem, mount }: ExaminedFolder): string {
  return mount === null || mount.type === fileSystem.name ? fileSystem.name : `${fileSystem.name} (${mount.type})`;
}
