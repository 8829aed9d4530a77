/**
 * The only writer of output files: a file appears whole or not at all, and no file that the program did not write is replaced.
 *
 * temp file in the same folder → write → fsync → close → rename → fsync(folder). A file is the program's own when it has the
 * size and digest that were recorded when it was written, or, where no record is left, when its first or last 4 KiB hold the
 * mark that every version of that output carries.
 */

import { constants } from 'node:fs';
import { chmod, chown, copyFile, type FileHandle, link, lstat, mkdir, open, rename, unlink } from 'node:fs/promises';
import { constants as osConstants } from 'node:os';
import { dirname } from 'node:path';
import { errnoOf, messageOf } from '../errors.js';
import { bytesOfPath } from '../path-text.js';
import { PublishError, publishError } from './publish-error.js';
import { type FileVersion, isSame, type Present, readPresent, versionOf, versionOfContent } from './publish-present.js';
import { removeLeftovers, temporaryPath } from './publish-temporary.js';

export interface PublishOptions {
  /** The version on record as last written, or as just read by the caller; null where there is none. */
  readonly recorded?: FileVersion | null;
  /** Text that every version of this output has in its first or last 4 KiB; without it only `recorded` makes a file ours. */
  readonly mark?: string;
  /** Readable by this group (files 0640, new folders 2750); otherwise by the owner alone (0600, 0700). */
  readonly shareGroupId?: number | null;
  /** Keep the file that is replaced under this name, in the same folder; removing it is the caller's. */
  readonly keepAt?: string;
  /** Make the folder where it is missing: for a folder that belongs to the program. */
  readonly createFolder?: boolean;
}

export interface Published {
  /** `unchanged`: the file had these very bytes already, and was not written again. */
  readonly state: 'written' | 'unchanged';
  readonly path: string;
  readonly version: FileVersion;
}

/** What goes into the file: its bytes, or a function that fills the empty temporary file at the path it is given. */
export type Content = Uint8Array | string | ((temporaryPath: string) => Promise<void> | void);

/** Makes the file at `path` hold `content`; throws a `PublishError`, and then the file that was there is still there, whole. */
export async function publish(path: string, content: Content, options: PublishOptions = {}): Promise<Published> {
  try {
    if (options.createFolder) await createFolder(dirname(path), options);
    if (typeof content !== 'function') {
      const present = await readPresent(path);
      if (present && isSame(present.version, versionOfContent(content))) {
        // Killed between giving a new file its name and taking the temporary one from it.
        if (present.linkCount > 1) await removeLeftovers(dirname(path));
        return await unchanged(path, present, options);
      }
    }
    // Whatever was killed in the middle of a file left that file to be written again: by this very call, sooner or later.
    await removeLeftovers(dirname(path));
    const temporary = temporaryPath(dirname(path));
    try {
      const version = await writeTemporary({ temporary, path }, content, options);
      return await putInPlace(temporary, path, version, options);
    } finally {
      // What cannot be removed now is left to `removeLeftovers`.
      await unlink(bytesOfPath(temporary)).catch(() => undefined);
    }
  } catch (error) {
    throw publishError(path, error);
  }
}

async function createFolder(folder: string, options: PublishOptions): Promise<void> {
  const made = await mkdir(bytesOfPath(folder), { recursive: true, mode: 0o700 });
  if (made === undefined || !isShared(options)) return;
  // Every folder that was made for it: a group that may not enter the first never reaches the last.
  for (let path = folder; path.split('/').length >= made.split('/').length; path = dirname(path)) {
    await chown(bytesOfPath(path), -1, options.shareGroupId);
    await chmod(bytesOfPath(path), 0o2750);
  }
}

async function unchanged(path: string, present: Present, options: PublishOptions): Promise<Published> {
  const isAccess = present.mode === modeOf(options) && (!isShared(options) || present.groupId === options.shareGroupId);
  if (!isAccess && present.ownerId === process.getuid?.()) {
    const file = await open(bytesOfPath(path), constants.O_RDONLY | constants.O_NOFOLLOW);
    await setAccess(file, path, options).finally(() => file.close());
  }
  return { state: 'unchanged', path, version: present.version };
}

function isShared(options: PublishOptions): options is PublishOptions & { shareGroupId: number } {
  return options.shareGroupId !== undefined && options.shareGroupId !== null;
}

async function writeTemporary(
  { temporary, path }: { readonly temporary: string; readonly path: string },
  content: Content,
  options: PublishOptions,
): Promise<FileVersion> {
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants;
  const file = await open(bytesOfPath(temporary), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    if (typeof content === 'function') await content(temporary);
    else await file.writeFile(content);
    const version = await versionOf(file);
    await setAccess(file, path, options);
    await file.sync();
    return version;
  } finally {
    // A network file system may report a full disk or quota only here, before the rename.
    await file.close();
  }
}

function isOurs(present: Present, options: PublishOptions): boolean {
  if (options.recorded && isSame(present.version, options.recorded)) return true;
  return options.mark !== undefined && present.ends.includes(options.mark);
}

function foreign(path: string): PublishError {
  return new PublishError(
    path,
    'foreign',
    'was not written by training-log-wizard, or was changed since; it is left alone',
  );
}

async function putInPlace(
  temporary: string,
  path: string,
  version: FileVersion,
  options: PublishOptions,
): Promise<Published> {
  const present = await readPresent(path);
  if (present && isSame(present.version, version)) return unchanged(path, present, options);
  if (present && !isOurs(present, options)) throw foreign(path);
  if (present && options.keepAt) await keep(path, options.keepAt, present);
  try {
    if (present || !(await linkNew(temporary, path))) await rename(bytesOfPath(temporary), bytesOfPath(path));
  } catch (error) {
    // On NFS a rename whose answer was lost is reported as failed although it was done: rename(2), BUGS.
    const now = await readPresent(path);
    if (!now || !isSame(now.version, version)) throw error;
  }
  await syncFolder(dirname(path));
  return { state: 'written', path, version };
}

/** Gives the file a second name; an edit that reaches it until the rename, and even later, is then found under that name. */
async function keep(path: string, keepAt: string, present: Present): Promise<void> {
  try {
    await link(bytesOfPath(path), bytesOfPath(keepAt));
  } catch (error) {
    if (!hasNoLinks(error)) throw error;
    await copyFile(bytesOfPath(path), bytesOfPath(keepAt), constants.COPYFILE_EXCL);
  }
  // A program that saves by renaming has put another file in its place: that one was not read.
  if ((await lstat(bytesOfPath(path))).ino === present.inode) return;
  await unlink(bytesOfPath(keepAt));
  throw foreign(path);
}

/** Puts a new file in place without ever replacing one that came in the meantime; false where the file system has no hard links. */
async function linkNew(temporary: string, path: string): Promise<boolean> {
  try {
    await link(bytesOfPath(temporary), bytesOfPath(path));
    return true;
  } catch (error) {
    if (errnoOf(error) === -osConstants.errno.EEXIST) throw foreign(path);
    if (hasNoLinks(error)) return false;
    throw error;
  }
}

function hasNoLinks(error: unknown): boolean {
  const { EPERM, ENOSYS, EOPNOTSUPP, EMLINK } = osConstants.errno;
  return [EPERM, ENOSYS, EOPNOTSUPP, EMLINK].includes(-(errnoOf(error) ?? 0));
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(bytesOfPath(folder), constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } catch (error) {
    // Some file systems cannot do this, and say so by EINVAL.
    if (errnoOf(error) !== -osConstants.errno.EINVAL) throw error;
  } finally {
    await handle.close();
  }
}

async function setAccess(file: FileHandle, path: string, options: PublishOptions): Promise<void> {
  try {
    if (isShared(options)) await file.chown(-1, options.shareGroupId);
    await file.chmod(modeOf(options));
  } catch (error) {
    if (!hasNoModes(error)) throw error;
    const detail = `its file system does not let the program say who may read it (${messageOf(error)})`;
    throw new PublishError(path, 'permission', detail, error);
  }
}

function hasNoModes(error: unknown): boolean {
  const { EPERM, ENOSYS, EOPNOTSUPP, EINVAL } = osConstants.errno;
  return [EPERM, ENOSYS, EOPNOTSUPP, EINVAL].includes(-(errnoOf(error) ?? 0));
}

function modeOf(options: PublishOptions): number {
  return isShared(options) ? 0o640 : 0o600;
}
