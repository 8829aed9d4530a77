/**
 * The folder `.tlw-root` in the root. That it is there tells an emptied root from one that is not mounted; a file in it,
 * written anew each time, tells the file server's time; jobs ring in it,
 * `touch ROOT/.tlw-root/$SLURM_JOB_ID`, and so does who wants the workbook from another host.
 */

import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { bytesOfPath, textOfPath } from '../path-text.js';
import { statFileSystem } from './file-system.js';
import type { Observation, ScanSettings } from './look.js';

/** The name of the folder. */
export const rootFolder = '.tlw-root';
/** Who touches a file of this name in it, from whatever host, wants the workbook now; no job and no experiment is called so. */
export const exportBell = 'tlw-export';
/** What came of the last export that was rung for: a file in the folder, for who cannot reach the control socket. */
export const exportAnswer = '.tlw-export.json';
const clockFile = 'README';
const clockText = `The experiments in the folder above are watched by TrainingLogWizard.
While this folder is here, deleted experiments are known to be deleted, and not only unmounted.
A job may ring here for a look at its log now:  touch "$ROOT/${rootFolder}/$SLURM_JOB_ID"
Whoever wants the workbook now, on any host:         touch "$ROOT/${rootFolder}/${exportBell}"
`;

export interface RootState {
  /** Absolute, links resolved. */
  readonly realPath: string;
  readonly owner: number;
  /** What to add to the monotonic clock to get the file server's; null where that is not known. */
  readonly clockMs: number | null;
}

/** Looks at the root; makes its marker where that is wanted and possible. Throws where the root is not there. */
export function readRoot(
  settings: Pick<ScanSettings, 'root' | 'markRoot'>,
  mayMark: boolean,
  nowMs: () => number,
): { readonly state: RootState; readonly observation: Observation } {
  const root = bytesOfPath(settings.root);
  // Before statfs: the stat makes an automounter mount what belongs here.
  const stats = statSync(root);
  const fileSystem = statFileSystem(root).type;
  const folder = join(settings.root, rootFolder);
  let isThere = lstatSync(bytesOfPath(folder), { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (!isThere && mayMark && settings.markRoot) isThere = tryMark(folder);
  const clockMs = isThere && settings.markRoot ? readClock(folder, nowMs) : null;
  const marker = isThere ? 'present' : settings.markRoot && !mayMark ? 'missing' : 'cannot be made';
  const realPath = textOfPath(realpathSync(root, { encoding: 'buffer' }));
  return {
    state: { realPath, owner: stats.uid, clockMs },
    observation: { kind: 'root', realPath, fileSystem, owner: stats.uid, marker, hasClock: clockMs !== null },
  };
}

/** Who rang; their names are taken away. */
export function readBells(root: string): Observation {
  const folder = join(root, rootFolder);
  const names = readdirSync(bytesOfPath(folder), { encoding: 'buffer' })
    .map(textOfPath)
    .filter((name) => name !== clockFile && !name.startsWith('.'));
  for (const name of names) tryUnlink(join(folder, name));
  return { kind: 'bells', names };
}

function tryMark(folder: string): boolean {
  try {
    mkdirSync(bytesOfPath(folder), { mode: 0o755 });
    return true;
  } catch {
    return false;
  }
}

/** Writes the file and compares the time it got with ours; null where it cannot be written. */
function readClock(folder: string, nowMs: () => number): number | null {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  let fd: number;
  try {
    fd = openSync(bytesOfPath(join(folder, clockFile)), flags, 0o644);
  } catch {
    return null;
  }
  try {
    if (!fstatSync(fd).isFile()) return null;
    writeSync(fd, clockText, 0);
    // NFS sends what was written to the server before it says what the mtime is.
    return fstatSync(fd).mtimeMs - nowMs();
  } catch {
    return null;
  } finally {
    closeSync(fd);
  }
}

function tryUnlink(file: string): void {
  try {
    unlinkSync(bytesOfPath(file));
  } catch {
    // Another user's: it rings again at the next look, which is harmless.
  }
}
