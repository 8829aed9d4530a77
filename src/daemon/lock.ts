/** One daemon a database: the lock. It is SQLite's own, held for life, so that the kernel drops it when the process dies. */

import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { maybeMountOf } from '../mounts.js';
import { connect, maybeSqliteCode } from '../store/sqlite.js';
import { exitCodes, UserError } from '../user-error.js';
import { AlreadyRunningError, maybeHolder } from './lease.js';

export interface Lock {
  release(): void;
}

/** Takes the lock of a state folder. Throws `AlreadyRunningError` at once where it is held, `UserError` where locks fail. */
export function takeLock(stateFolder: string): Lock {
  const file = join(stateFolder, 'lock.db');
  const connection = connect(file, { readonly: false, timeoutMs: 0 });
  try {
    connection.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    connection.close();
    const code = maybeSqliteCode(error) ?? '';
    const isBusy = code.startsWith('SQLITE_BUSY');
    if (isBusy && canLock(stateFolder)) throw new AlreadyRunningError(maybeHolder(stateFolder), error);
    if (isBusy || /^SQLITE_(IOERR_(LOCK|UNLOCK|RDLOCK|CHECKRESERVEDLOCK)|PROTOCOL)$/.test(code)) {
      const mount = maybeMountOf(stateFolder);
      const where = mount === undefined ? '' : ` on ${mount.type} at ${mount.mountPoint} (${mount.options})`;
      const hint = 'set stateDir to a folder on another file system, such as a local disk';
      throw new UserError(`file locks do not work${where} in ${stateFolder} (${code}): ${hint}`, exitCodes.config, {
        cause: error,
      });
    }
    throw error;
  }
  return { release: () => connection.close() };
}

/** Whether a file that nobody else knows can be locked: where locks do not work, SQLite says that somebody holds them. */
export function canLock(folder: string): boolean {
  const file = join(folder, `probe-${randomBytes(8).toString('hex')}.db`);
  const connection = connect(file, { readonly: false, timeoutMs: 0 });
  try {
    connection.exec('BEGIN EXCLUSIVE');
    return true;
  } catch {
    return false;
  } finally {
    connection.close();
    rmSync(file, { force: true });
  }
}
