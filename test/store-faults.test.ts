import { existsSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { execaNode } from 'execa';
import { isSound } from '../src/store/backup.js';
import { checkVersion, migrate, SchemaError } from '../src/store/migrate.js';
import { closeStore, openStore } from '../src/store/open.js';
import { readExperiment } from '../src/store/read-experiment.js';
import { readOverviews } from '../src/store/read-overviews.js';
import { save } from '../src/store/save.js';
import { connect, readPragmaNumber } from '../src/store/sqlite.js';
import { summarise } from '../src/summarise.js';
import { buildExperiment } from './build-experiment.js';

const child = fileURLToPath(new URL('store-child.js', import.meta.url));
const freshFolder = () => mkdtempSync(path.join(tmpdir(), 'tlw-faults-'));
const freshFile = () => path.join(freshFolder(), 'tlw.db');
const epochs = Array.from({ length: 50 }, (_, i) => ({ epoch: i + 1, metrics: { loss: 1 / (i + 1) } }));

/** A folder of migrations, one for each SQL text. */
function migrationsOf(...texts: readonly string[]): string {
  const folder = freshFolder();
  for (const [i, text] of texts.entries()) writeFileSync(path.join(folder, `000${i + 1}-step.sql`), text);
  return folder;
}

function tablesOf(file: string): unknown[] {
  const connection = connect(file, { readonly: true });
  try {
    return connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck().all();
  } finally {
    connection.close();
  }
}

test('migrations are applied once, in order, each with its record, after a copy of an existing database', (t) => {
  const file = freshFile();
  const connection = connect(file, { readonly: false });
  t.true(migrate(connection, { file, now: () => 1, folder: migrationsOf('CREATE TABLE a (x)') }));
  t.deepEqual(readdirSync(path.dirname(file)), ['tlw.db']);
  const both = migrationsOf('CREATE TABLE a (x)', 'ALTER TABLE a ADD COLUMN y');
  t.true(migrate(connection, { file, now: () => 2, folder: both }));
  t.false(migrate(connection, { file, now: () => 3, folder: both }));
  t.deepEqual(connection.prepare('SELECT version, applied_ms FROM migrations').all(), [
    { version: 1, applied_ms: 1 },
    { version: 2, applied_ms: 2 },
  ]);
  const copy = connect(`${file}.before-2`, { readonly: true });
  t.is(readPragmaNumber(copy, 'user_version'), 1);
});

test('a migration that fails leaves the database as it was before it', (t) => {
  const file = freshFile();
  const connection = connect(file, { readonly: false });
  const folder = migrationsOf('CREATE TABLE a (x)', 'CREATE TABLE b (x); CREATE TABLE a (x)');
  t.throws(() => migrate(connection, { file, now: Date.now, folder }), { any: true, message: /already exists/ });
  t.is(readPragmaNumber(connection, 'user_version'), 1);
  t.deepEqual(tablesOf(file), ['a', 'migrations']);
});

test('DB15: a migration that is killed leaves the database as it was, and is done the next time', async (t) => {
  const file = freshFile();
  const first = connect(file, { readonly: false });
  migrate(first, { file, now: Date.now, folder: migrationsOf('CREATE TABLE a (x)') });
  first.close();
  const endless =
    'CREATE TABLE b (x); WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) INSERT INTO b SELECT n FROM c';
  const folder = migrationsOf('CREATE TABLE a (x)', endless);
  const running = execaNode(child, ['migrate', file, folder], { reject: false });
  while (statSync(file).size < 1_000_000) await sleep(5);
  running.kill('SIGKILL');
  await running;
  t.true(isSound(file));
  t.deepEqual(tablesOf(file), ['a', 'migrations']);
  const again = connect(file, { readonly: false });
  t.true(migrate(again, { file, now: Date.now, folder: migrationsOf('CREATE TABLE a (x)', 'CREATE TABLE b (x)') }));
  t.deepEqual(tablesOf(file), ['a', 'b', 'migrations']);
});

test('a database of another program is refused and not touched', (t) => {
  const file = freshFile();
  const other = connect(file, { readonly: false });
  other.exec('CREATE TABLE theirs (x)');
  const error = t.throws(() => openStore(file, { fileSystem: 'local' }), { instanceOf: SchemaError });
  t.is(error?.reason, 'foreign');
  t.deepEqual(tablesOf(file), ['theirs']);
});

test('an older database is not read as if it were of today', (t) => {
  const file = freshFile();
  const connection = connect(file, { readonly: false });
  migrate(connection, { file, now: Date.now, folder: migrationsOf('CREATE TABLE a (x)') });
  const folder = migrationsOf('CREATE TABLE a (x)', 'CREATE TABLE b (x)');
  const error = t.throws(() => checkVersion(connection, { file, isReadOnly: true, folder }), {
    instanceOf: SchemaError,
  });
  t.is(error?.reason, 'older');
});

test('DB8: killed at any moment: what was acknowledged is there, whole, and nothing is half there', async (t) => {
  const file = freshFile();
  for (const saved of [3, 20, 60]) {
    const running = execaNode(child, ['save', file], { reject: false, buffer: false });
    const acknowledged: string[] = [];
    for await (const line of running.iterable()) {
      acknowledged.push(line);
      if (acknowledged.length === saved) running.kill('SIGKILL');
    }
    await running;
    t.true(isSound(file));
    const store = openStore(file, { fileSystem: 'local' });
    const keys = readOverviews(store).map(({ key }) => key);
    t.deepEqual(
      acknowledged.filter((key) => !keys.includes(key)),
      [],
    );
    for (const key of keys) {
      const ranks = readExperiment(store, key)?.experiment.run.ranks ?? [];
      t.deepEqual(
        ranks.map((rank) => rank.epochs.length),
        [50, 50],
      );
    }
    closeStore(store);
  }
});

test('a full disk takes nothing that was saved, and leaves nothing half saved', (t) => {
  const file = freshFile();
  const store = openStore(file, { fileSystem: 'local' });
  const small = buildExperiment({ name: 'small', ranks: [{ epochs }] });
  save(store, small, summarise(small.run, null));
  // What SQLite says on a full disk, it says at this limit too.
  store.connection.pragma(`max_page_count = ${readPragmaNumber(store.connection, 'page_count') + 2}`);
  const large = buildExperiment({ name: 'large', ranks: Array.from({ length: 50 }, () => ({ epochs })) });
  t.throws(() => save(store, large, summarise(large.run, null)), { any: true, code: 'SQLITE_FULL' });
  t.deepEqual(
    readOverviews(store).map(({ name }) => name),
    ['small'],
  );
  t.is(store.connection.prepare('SELECT count(*) FROM epochs').pluck().get(), 50);
  store.connection.pragma('max_page_count = 1000000');
  t.true(save(store, large, summarise(large.run, null)).changed);
  t.is(store.connection.prepare('SELECT count(*) FROM epochs').pluck().get(), 50 + 50 * 50);
  closeStore(store);
});

test('a failed saving does not make the next one forget columns that it had added', (t) => {
  const file = freshFile();
  const store = openStore(file, { fileSystem: 'local' });
  const experiment = buildExperiment({ ranks: [{ epochs: [{ epoch: 1, metrics: { loss: 1, f1_score: 0.5 } }] }] });
  const summary = summarise(experiment.run, null);
  t.throws(() =>
    store.connection.transaction(() => {
      save(store, experiment, summary);
      throw new Error('power cut');
    })(),
  );
  t.true(save(store, experiment, summary).changed);
  t.deepEqual(readExperiment(store, experiment.key)?.experiment.run, experiment.run);
  const wide = store.connection.prepare('SELECT f1_score FROM experiments_wide').all();
  t.deepEqual(wide, [{ f1_score: 0.5 }]);
  closeStore(store);
});

test('on a network file system there is no WAL, which would need memory that hosts share', (t) => {
  const file = freshFile();
  const store = openStore(file, { fileSystem: 'remote' });
  t.is(store.connection.pragma('journal_mode', { simple: true }), 'truncate');
  t.is(store.connection.pragma('synchronous', { simple: true }), 3);
  t.is(store.connection.pragma('foreign_keys', { simple: true }), 1);
  t.is(store.connection.pragma('trusted_schema', { simple: true }), 0);
  const reader = openStore(file, { fileSystem: 'remote', readonly: true });
  const experiment = buildExperiment();
  save(store, experiment, summarise(experiment.run, null));
  t.is(readOverviews(reader).length, 1);
  closeStore(reader);
  closeStore(store);
  t.false(existsSync(`${file}-wal`));
});

test('a database that was used with WAL can move to a network file system', (t) => {
  const file = freshFile();
  closeStore(openStore(file, { fileSystem: 'local' }));
  const store = openStore(file, { fileSystem: 'remote' });
  t.is(store.connection.pragma('journal_mode', { simple: true }), 'truncate');
  closeStore(store);
});
