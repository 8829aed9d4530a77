/**
 * One pass over a root in which calls of the operating system fail, once or from some moment on: the program says so in one line,
 * nothing is torn, and the next pass, when the trouble is over, does all of the work. The short form fails one call of each kind with
 * one error; TLW_FAULTS=long every call with every error.
 */

import { join } from 'node:path';
import test from 'ava';
import { databaseOf, stateFolderOf } from '../../src/daemon/places.js';
import type { Sandbox } from '../program.js';
import { canInject, type Injected, isLong, momentsOf, runInjected, tryAll } from './inject.js';
import { createScene, findWrongAfter, fixtures, onePass, workOf } from './scene.js';

const straceTest = (await canInject()) ? test.serial : test.serial.skip;

/** Codes of a program that knows what is wrong; 1 would be a bug, and a signal a crash. */
const knowing = new Set([0, 66, 69, 73, 74, 75, 77, 78]);

const databaseFiles = ({ root, environment }: Sandbox): string[] => {
  const folder = stateFolderOf(root, { stateDir: null }, environment);
  const database = databaseOf(folder);
  return [database, `${database}-wal`, `${database}-shm`, `${database}-journal`, join(folder, 'lock.db')];
};
const logFiles = ({ root }: Sandbox): string[] => fixtures.map((name) => join(root, name, `${name}.log`));
const allFiles = (): string[] => [];

interface Kind {
  readonly codes: string;
  readonly calls: string;
  readonly errors: readonly string[];
  readonly filesOf: (sandbox: Sandbox) => string[];
}

const kinds: Kind[] = [
  { codes: 'DB1', calls: 'pwrite64', errors: ['ENOSPC'], filesOf: databaseFiles },
  { codes: 'DB2', calls: 'pwrite64', errors: ['EDQUOT'], filesOf: databaseFiles },
  { codes: 'DB4', calls: 'fsync,fdatasync', errors: ['EIO'], filesOf: databaseFiles },
  { codes: 'DB5, DB6', calls: 'openat', errors: ['EROFS', 'EMFILE'], filesOf: databaseFiles },
  { codes: 'DB14', calls: 'fcntl', errors: ['ENOLCK'], filesOf: databaseFiles },
  { codes: 'FS14, FS15', calls: 'openat,read,pread64', errors: ['EIO', 'ESTALE'], filesOf: logFiles },
  // Files that the program writes have names that cannot be known before: these calls it makes for nothing else.
  { codes: 'OUT2, OUT3', calls: 'fsync', errors: ['ENOSPC', 'EDQUOT', 'EIO'], filesOf: allFiles },
  { codes: 'OUT2, OUT4', calls: 'rename,link', errors: ['EROFS', 'EIO', 'EACCES'], filesOf: allFiles },
];

for (const { codes, calls, errors, filesOf } of kinds) {
  for (const error of isLong ? errors : errors.slice(0, 1)) {
    const which = filesOf === databaseFiles ? ' of the database' : filesOf === logFiles ? ' of logs' : '';
    straceTest(`${codes}: ${error} from ${calls}${which}, once or from then on`, async (t) => {
      t.timeout(isLong ? 24 * 60 * 60_000 : 10 * 60_000);
      const whole = createScene(t);
      const counted = await runInjected(whole, { calls, fault: null, files: filesOf(whole) }, onePass);
      t.is(counted.exitCode, 0, counted.stderr);
      const expected = workOf(whole);
      const last = momentsOf(counted).at(-1) ?? 0;
      t.true(last > 0);
      const wrong = await tryAll(moments(last), async (when) => {
        const scene = createScene(t);
        const fault = `error=${error}:when=${when}`;
        const hurt = await runInjected(scene, { calls, fault, files: filesOf(scene) }, onePass);
        const found = [...findUnknowing(hurt, Number.parseInt(when, 10)), ...(await findWrongAfter(scene, expected))];
        scene.remove();
        return found.map((what) => `${error} from ${calls}, ${when} of ${last}: ${what}`);
      });
      t.deepEqual(wrong, []);
      if (isLong) t.log(`${moments(last).length} moments`);
    });
  }
}

straceTest('DB17: the database is opened by SQLite alone: whoever else closes it would drop its locks', async (t) => {
  const scene = createScene(t);
  const [database = ''] = databaseFiles(scene);
  const { trace } = await runInjected(scene, { calls: 'openat', fault: null, files: [database] }, onePass);
  const opened = trace.split('\n').filter((line) => line.includes(`"${database}"`) && !line.includes('O_EXCL'));
  t.true(opened.length > 0);
  // SQLite alone says O_NOFOLLOW for a database.
  t.deepEqual(
    opened.filter((line) => !line.includes('O_NOFOLLOW')),
    [],
  );
});

function moments(last: number): string[] {
  if (!isLong) return [`${Math.ceil(last / 2)}+`];
  return Array.from({ length: last }, (_, i) => [`${i + 1}`, `${i + 1}+`]).flat();
}

/**
 * What is wrong with how it took the error: it should have met it, ended by itself, know why, and show no stack. No two passes make
 * the same number of calls: one that came to its end with fewer than n of them met nothing.
 */
function findUnknowing(hurt: Injected, n: number): string[] {
  const { exitCode, failed, stderr } = hurt;
  const made = momentsOf(hurt).at(-1) ?? 0;
  const known = exitCode !== undefined && knowing.has(exitCode) && !/^ {4}at |fault of the program/m.test(stderr);
  return [
    ...(failed > 0 || (made < n && exitCode === 0) ? [] : [`nothing failed in ${made} calls`]),
    ...(known ? [] : [`exit code ${exitCode}\n${stderr}`]),
  ];
}
