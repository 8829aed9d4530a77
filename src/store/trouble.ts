/** What an error of the database means for who runs the program: what is wrong, and whether waiting may help. */

import { type Stats, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf, messageOf } from '../errors.js';
import { probeWrite } from '../probe-write.js';
import { type ExitCode, exitCodes, UserError } from '../user-error.js';
import { isDamage, maybeSqliteCode } from './sqlite.js';
import type { Store } from './store.js';

export type DatabaseTroubleKind =
  /** Somebody deleted or replaced the file that is open. */
  | 'gone'
  | 'disk_full'
  | 'quota'
  | 'no_inodes'
  | 'read_only'
  | 'permission'
  | 'io'
  | 'open_files'
  | 'locked'
  | 'damaged';

/** Why the database cannot be used just now. */
export interface DatabaseTrouble {
  readonly kind: DatabaseTroubleKind;
  /** One line that names the place, without a full stop. */
  readonly sentence: string;
}

/** The database cannot be used just now. */
export class DatabaseError extends UserError {
  override readonly name = 'DatabaseError';

  constructor(
    readonly trouble: DatabaseTrouble,
    options?: ErrorOptions,
  ) {
    super(`database: ${trouble.sentence}`, exitCodeOf(trouble), options);
  }
}

/** As sysexits(3) has it: permission is for the user to settle, a lock may be gone the next time. */
function exitCodeOf({ kind }: DatabaseTrouble): ExitCode {
  if (kind === 'read_only' || kind === 'permission') return exitCodes.noPermission;
  return kind === 'locked' ? exitCodes.tryAgain : exitCodes.inputOutput;
}

/** What an error that came while the database in `file` was opened or written means; undefined where it is none of the disk. */
export function maybeDatabaseTrouble(error: unknown, file: string): DatabaseTrouble | undefined {
  if (error instanceof DatabaseError) return error.trouble;
  const folder = dirname(file);
  const code = maybeSqliteCode(error);
  const kind = code === undefined ? kindOfErrno(errnoOf(error), folder) : kindOfCode(code, error, folder);
  if (kind === undefined) return undefined;
  const said = code ?? messageOf(error);
  return { kind, sentence: `${words[kind]} ${isOfFile(kind) ? file : folder} (${said})` };
}

/** The `DatabaseError` that says so, for an error of the database in `file`; any other error as it is. */
export function asDatabaseError(error: unknown, file: string): unknown {
  const trouble = maybeDatabaseTrouble(error, file);
  return trouble === undefined ? error : new DatabaseError(trouble, { cause: error });
}

/** Throws a `DatabaseError` where a file that is open is no longer the one at its path: what is written would be lost. */
export function requireFile({ file, ino, walIno }: Store): void {
  const { size } = requireSame(file, ino);
  if (size === 0) throw gone(file, 'was emptied');
  if (walIno !== null) requireSame(`${file}-wal`, walIno);
}

function requireSame(file: string, ino: number): Stats {
  const now = statSync(file, { throwIfNoEntry: false });
  if (now?.ino === ino) return now;
  throw gone(file, now === undefined ? 'was deleted' : 'was replaced by another file');
}

function gone(file: string, what: string): DatabaseError {
  return new DatabaseError({ kind: 'gone', sentence: `${words.gone} ${file} ${what}` });
}

function isOfFile(kind: DatabaseTroubleKind): boolean {
  return kind === 'damaged' || kind === 'locked' || kind === 'gone';
}

const words: Readonly<Record<DatabaseTroubleKind, string>> = {
  gone: 'the database',
  disk_full: 'disk full: no space left for',
  quota: 'your disk quota is used up for',
  no_inodes: 'no inodes left in',
  read_only: 'read-only: nothing can be written in',
  permission: 'you may not write in',
  io: 'the disk or server reports an error in',
  open_files: 'too many open files, so that nothing more can be opened in',
  locked: 'another program has locked',
  damaged: 'damaged:',
};

function kindOfCode(code: string, error: unknown, folder: string): DatabaseTroubleKind | undefined {
  if (isDamage(error)) return 'damaged';
  if (/^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code)) return 'locked';
  if (code === 'SQLITE_READONLY_DBMOVED') return 'gone';
  if (/^SQLITE_READONLY/.test(code)) return 'read_only';
  if (/^SQLITE_(PERM|AUTH)/.test(code)) return 'permission';
  // For a quota, for inodes and for open files SQLite has no words of its own.
  if (/^SQLITE_(FULL|IOERR|CANTOPEN)/.test(code)) return probe(folder) ?? (code === 'SQLITE_FULL' ? 'disk_full' : 'io');
  return undefined;
}

function kindOfErrno(errno: number | undefined, folder: string): DatabaseTroubleKind | undefined {
  // File systems have more reasons than can be listed: EINVAL of one that knows no fsync, EXDEV of layered ones …
  const kind = errno === undefined ? undefined : (kinds.get(errno) ?? 'io');
  return kind === 'disk_full' && hasNoInodes(folder) ? 'no_inodes' : kind;
}

const kinds: ReadonlyMap<number, DatabaseTroubleKind> = new Map([
  [-28, 'disk_full'],
  [-122, 'quota'],
  [-30, 'read_only'],
  [-1, 'permission'],
  [-13, 'permission'],
  [-5, 'io'],
  [-116, 'io'],
  [-24, 'open_files'],
  [-23, 'open_files'],
]);

/** What a small file, written to disk, finds wrong in a folder; undefined where nothing is. */
function probe(folder: string): DatabaseTroubleKind | undefined {
  try {
    probeWrite(folder);
    return undefined;
  } catch (error) {
    return kindOfErrno(errnoOf(error), folder);
  }
}

/** A folder that is not there lies where its parent does. */
function hasNoInodes(folder: string): boolean {
  try {
    const { files, ffree } = statfsSync(folder);
    return files > 0 && ffree === 0;
  } catch {
    return folder !== dirname(folder) && hasNoInodes(dirname(folder));
  }
}
