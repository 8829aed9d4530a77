/** What stands at a path now: its version, by which a file is known again, and what tells whose it is. */

import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { bytesOfPath } from '../path-text.js';
import { isNoEntry, PublishError, publishError } from './publish-error.js';

/** Digest and size by which a version of a file is known again. */
export interface FileVersion {
  /** Hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** The version of the file at `path`, undefined where there is none; a link, a folder or a device is a `PublishError`. */
export async function readFileVersion(path: string): Promise<FileVersion | undefined> {
  try {
    return (await readPresent(path))?.version;
  } catch (error) {
    throw publishError(path, error);
  }
}

/** True when both are the same bytes. */
export function isSame(a: FileVersion, b: FileVersion): boolean {
  return a.sizeBytes === b.sizeBytes && a.sha256 === b.sha256;
}

/** The version that a file of this content has. */
export function versionOfContent(content: Uint8Array | string): FileVersion {
  return { sha256: createHash('sha256').update(content).digest('hex'), sizeBytes: Buffer.byteLength(content) };
}

/** A regular file that is there. */
export interface Present {
  readonly version: FileVersion;
  /** Its first and last 4 KiB. */
  readonly ends: Buffer;
  readonly inode: number;
  /** How many names it has. */
  readonly linkCount: number;
  readonly mode: number;
  readonly ownerId: number;
  readonly groupId: number;
}

/** The file at `path`, undefined where there is none; throws where a link, a folder or a device has that name. */
export async function readPresent(path: string): Promise<Present | undefined> {
  const file = await openPresent(path);
  if (!file) return undefined;
  try {
    const stats = await file.stat();
    if (stats.isDirectory()) throw new PublishError(path, 'not_a_file', 'is a folder');
    if (!stats.isFile()) throw new PublishError(path, 'not_a_file', 'is not a regular file');
    const version = await versionOf(file);
    return {
      version,
      ends: await readEnds(file, version.sizeBytes),
      inode: stats.ino,
      linkCount: stats.nlink,
      mode: stats.mode & 0o7777,
      ownerId: stats.uid,
      groupId: stats.gid,
    };
  } finally {
    await file.close();
  }
}

async function openPresent(path: string): Promise<FileHandle | undefined> {
  try {
    // Looked at before it is opened: opening a device may have effects, and a link is never ours.
    const stats = await lstat(bytesOfPath(path));
    if (stats.isSymbolicLink()) throw new PublishError(path, 'not_a_file', 'is a symbolic link');
    return await open(bytesOfPath(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (isNoEntry(error)) return undefined;
    throw error;
  }
}

/** The version of an open file. */
export async function versionOf(file: FileHandle): Promise<FileVersion> {
  const hash = createHash('sha256');
  const block = Buffer.allocUnsafe(256 * 1024);
  let sizeBytes = 0;
  for (;;) {
    const { bytesRead } = await file.read(block, 0, block.length, sizeBytes);
    if (bytesRead === 0) return { sha256: hash.digest('hex'), sizeBytes };
    hash.update(block.subarray(0, bytesRead));
    sizeBytes += bytesRead;
  }
}

async function readEnds(file: FileHandle, sizeBytes: number): Promise<Buffer> {
  const ends = Buffer.alloc(8192);
  await file.read(ends, 0, 4096, 0);
  await file.read(ends, 4096, 4096, Math.max(0, sizeBytes - 4096));
  return ends;
}
