/** Whether others than the user and root could have written what a file says. */

import { lstatSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { readWholeFile, UnfitFile } from '../read-file.js';
import { ConfigError } from './config-error.js';

/** What a file says, and as what it is not to be trusted: null where it is. */
export interface TrustedText {
  readonly text: string;
  readonly distrust: string | null;
}

/** The text of a file. Throws what `readWholeFile` throws. */
export function readTrusted(path: string): TrustedText {
  const { bytes, stats } = readWholeFile(path);
  return { text: bytes.toString('utf8'), distrust: whyNot(path, stats) };
}

/** As `readTrusted`, for a file that the user named: throws a ConfigError where it cannot be read. */
export function readConfigText(path: string): TrustedText {
  const read = maybeConfigText(path);
  if (read !== undefined) return read;
  throw new ConfigError([{ where: path, message: 'there is no such file' }]);
}

/** As `readConfigText`; undefined where there is no such file. */
export function maybeConfigText(path: string): TrustedText | undefined {
  try {
    return readTrusted(path);
  } catch (error) {
    if (error instanceof UnfitFile) throw new ConfigError([{ where: path, message: error.message }]);
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new ConfigError([{ where: path, message: `cannot be read (${String(code)})` }]);
  }
}

function whyNot(path: string, { mode, uid }: Stats): string | null {
  if (isOthers(uid)) return 'a file of another user';
  if ((mode & 0o022) !== 0) return `a file that others may write; chmod go-w ${path}`;
  if (isOthers(lstatSync(path).uid)) return 'a link of another user';
  const open = [dirname(path), dirname(realpathSync(path))].find(isOpenToAll);
  return open === undefined ? null : `a folder in which everybody may put another file; chmod o-w ${open}`;
}

function isOthers(uid: number): boolean {
  return uid !== process.getuid?.() && uid !== 0;
}

/** Everybody may write in it, and also replace what is not theirs: it is not sticky as /tmp is. */
function isOpenToAll(folder: string): boolean {
  return (statSync(folder).mode & 0o1002) === 0o002;
}
