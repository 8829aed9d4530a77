import {
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { isBackupDue } from '../src/daemon/bring-backup.js';
import { isSound, listBackups, makeBackup } from '../src/store/backup.js';
import { SchemaError } from '../src/store/migrate.js';
import { readUserNotes, setUserNotes } from '../src/store/notes.js';
import { closeStore, openStore } from '../src/store/open.js';
import { readOverviews } from '../src/store/read-overviews.js';
import { putRecord } from '../src/store/records.js';
import { openOrRecoverStore } from '../src/store/recover.js';
import { save } from '../src/store/save.js';
import type { Store } from '../src/store/store.js';
import { summarise } from '../src/summarise.js';
import { buildExperiment } from './build-experiment.js';

const options = { fileSystem: 'local', now: () => Date.UTC(2026, 0, 2, 3, 4, 5) } as const;
const freshFile = () => path.join(mkdtempSync(path.join(tmpdir(), 'tlw-recover-')), 'tlw.db');
const epochs = Array.from({ length: 200 }, (_, i) => ({ epoch: i + 1, metrics: { loss: 1 / (i + 1) } }));

function add(store: Store, name: string): string {
  const experiment = buildExperiment({ name, ranks: [{ epochs }, { epochs }] });
  save(store, experiment, summarise(experiment.run, null));
  return experiment.key;
}

/** Flips every bit of a page, counted from 1. */
function damage(file: string, page: number): void {
  const size = 4096;
  const content = readFileSync(file).subarray((page - 1) * size, page * size);
  writeSync(
    openSync(file, 'r+'),
    content.map((byte) => byte ^ 0xff),
    0,
    size,
    (page - 1) * size,
  );
}

/** The first page of table epochs. */
function pageOfEpochs(store: Store): number {
  return Number(store.connection.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'epochs'").pluck().get());
}

test('a backup is the database, found sound, in one file that is the user’s alone', (t) => {
  const file = freshFile();
  const store = openStore(file, options);
  add(store, 'a');
  const backup = makeBackup(file);
  t.is(path.basename(backup.file), 'backup-1.db');
  t.is(statSync(backup.file).mode & 0o777, 0o600);
  add(store, 'b');
  const copy = openStore(backup.file, { ...options, fileSystem: 'remote' });
  t.deepEqual(
    readOverviews(copy).map(({ name }) => name),
    ['a'],
  );
});

test('three backups are kept, the newest', (t) => {
  const file = freshFile();
  closeStore(openStore(file, options));
  for (let i = 0; i < 5; i++) makeBackup(file);
  const kept = ['backup-5.db', 'backup-4.db', 'backup-3.db'];
  t.deepEqual(
    listBackups(file).map((backup) => path.basename(backup.file)),
    kept,
  );
  t.deepEqual(
    readdirSync(path.dirname(file))
      .filter((name) => name.startsWith('backup'))
      .sort(),
    kept.toReversed(),
  );
});

test('UN30: a backup that was made while the clock was years ahead does not put off the next one', (t) => {
  const store = openStore(freshFile(), options);
  add(store, 'a');
  const { now } = options;
  const isDueAfter = (madeMs: number): boolean => {
    putRecord(store, 'backup', 'newest', { changes: 0, madeMs });
    return isBackupDue({ store, now });
  };
  t.true(isDueAfter(now() + 3 * 365 * 86_400_000));
  t.false(isDueAfter(now() - 3_600_000));
  t.true(isDueAfter(now() - 86_400_000));
});

test('a damaged database makes no backup, and those that are there stay', (t) => {
  const file = freshFile();
  const store = openStore(file, options);
  add(store, 'a');
  makeBackup(file);
  const page = pageOfEpochs(store);
  closeStore(store);
  damage(file, page);
  t.throws(() => makeBackup(file), { any: true, code: 'SQLITE_CORRUPT' });
  t.deepEqual(
    listBackups(file).map((backup) => path.basename(backup.file)),
    ['backup-1.db'],
  );
  t.false(readdirSync(path.dirname(file)).some((name) => name.endsWith('.tmp')));
});

test('a sound database is opened as it is', (t) => {
  const file = freshFile();
  closeStore(openStore(file, options));
  const { store, recovery } = openOrRecoverStore(file, options);
  t.is(recovery, null);
  closeStore(store);
});

test('DB7: flipped bytes: the newest sound backup takes the place, newer notes are saved, the file is kept', (t) => {
  const file = freshFile();
  const first = openStore(file, options);
  const key = add(first, 'a');
  setUserNotes(first, key, { notes: 'before', tags: [], keep: '' });
  makeBackup(file);
  add(first, 'b');
  const newest = makeBackup(file);
  const later = { ...first, now: () => options.now() + 1000 };
  setUserNotes(later, key, { notes: 'after', tags: ['x'], keep: '' });
  const page = pageOfEpochs(first);
  closeStore(first);
  damage(file, page);
  damage(newest.file, page);
  t.false(isSound(file));

  const damaged = readFileSync(file);
  const { store, recovery } = openOrRecoverStore(file, options);
  t.like(recovery, { experiments: 1, notes: 1 });
  t.is(path.basename(recovery?.backupFile ?? ''), 'backup-1.db');
  t.is(path.basename(recovery?.asideFile ?? ''), 'tlw.db.corrupt-20260102T030405Z');
  t.deepEqual(readFileSync(recovery?.asideFile ?? ''), damaged);
  t.deepEqual(
    readOverviews(store).map(({ name }) => name),
    ['a'],
  );
  t.deepEqual(readUserNotes(store, key), { notes: 'after', tags: ['x'], keep: '' });
  closeStore(store);
  t.is(openOrRecoverStore(file, options).recovery, null);
});

for (const [what, spoil] of [
  ['a file that is no database', (file: string) => writeFileSync(file, 'Dear diary,\n'.repeat(1000))],
  ['a header of zeros', (file: string) => writeSync(openSync(file, 'r+'), Buffer.alloc(100), 0, 100, 0)],
  ['a file cut in the middle', (file: string) => truncateSync(file, 4096 * 3)],
] as const) {
  test(`${what}, and no backup: a new database, and the old file is kept`, (t) => {
    const file = freshFile();
    const store = openStore(file, options);
    add(store, 'a');
    closeStore(store);
    spoil(file);
    const recovered = openOrRecoverStore(file, options);
    t.like(recovered.recovery, { backupFile: null, experiments: 0 });
    add(recovered.store, 'a');
    closeStore(recovered.store);
    t.true(isSound(file));
    t.true(statSync(recovered.recovery?.asideFile ?? '').size > 0);
  });
}

test('DB8: what is only in the journal is not lost', (t) => {
  const file = freshFile();
  const store = openStore(file, options);
  const key = add(store, 'a');
  store.connection.pragma('wal_checkpoint(TRUNCATE)');
  setUserNotes(store, key, { notes: 'only in the journal', tags: [], keep: '' });
  // As a crash leaves them: the program that has them open never closes them.
  const crashed = freshFile();
  writeFileSync(crashed, readFileSync(file));
  writeFileSync(`${crashed}-wal`, readFileSync(`${file}-wal`));
  damage(crashed, pageOfEpochs(store));
  const { store: opened, recovery } = openOrRecoverStore(crashed, options);
  t.is(recovery?.experiments, 0);
  t.is(recovery?.notes, 1);
  t.is(readUserNotes(opened, key).notes, 'only in the journal');
  closeStore(opened);
  closeStore(store);
});

test('a database of a newer program is not damaged, and stays where it is', (t) => {
  const file = freshFile();
  const store = openStore(file, options);
  store.connection.pragma('user_version = 999');
  closeStore(store);
  t.throws(() => openOrRecoverStore(file, options), { instanceOf: SchemaError });
  t.deepEqual(readdirSync(path.dirname(file)), ['tlw.db']);
});
