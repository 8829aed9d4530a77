import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import exceljs from 'exceljs';
import { closeStore, openStore } from '../src/store/open.js';
import { readExperiment } from '../src/store/read-experiment.js';
import { readOverviews } from '../src/store/read-overviews.js';
import { putRecord } from '../src/store/records.js';
import { type PlainTable, resultsMark, writeResults } from '../src/store/results.js';
import { saveAll } from '../src/store/save.js';
import type { Store } from '../src/store/store.js';
import { summarise } from '../src/summarise.js';
import { buildExperiment } from './build-experiment.js';
import { createSandbox } from './program.js';

const sheet: PlainTable = {
  columns: [
    { name: 'name', type: 'TEXT' },
    { name: 'learning rate', type: 'REAL' },
  ],
  rows: [['b', 0.1]],
};
const epochs = [1, 2, 3].map((epoch) => ({ epoch, metrics: { loss: 1 / epoch, dsc: epoch / 10 } }));

function fill(folder: string): Store {
  const store = openStore(path.join(folder, 'tlw.db'), { fileSystem: 'local' });
  const made = ['a', 'b'].map((name) => buildExperiment({ name, ranks: [{ epochs }, { epochs }] }));
  saveAll(
    store,
    made.map((experiment) => ({ experiment, summary: summarise(experiment.run, null) })),
  );
  putRecord(store, 'output', 'a', { secret: true });
  return store;
}

const freshFolder = () => mkdtempSync(path.join(tmpdir(), 'tlw-results-'));

function copy(store: Store, folder: string, mostBytes?: number): Store {
  const target = path.join(folder, 'results.db');
  writeFileSync(target, '');
  writeResults(store.file, target, { sheet, ...(mostBytes !== undefined && { mostBytes }) });
  return openStore(target, { fileSystem: 'remote', readonly: true });
}

test('the copy has the same experiments, and nothing that the program keeps for itself', (t) => {
  const folder = freshFolder();
  const store = fill(folder);
  const results = copy(store, folder);
  t.deepEqual(readOverviews(results), readOverviews(store));
  t.deepEqual(readExperiment(results, 'a/a.log'), readExperiment(store, 'a/a.log'));
  const names = results.connection.prepare('SELECT name FROM sqlite_schema').pluck().all();
  t.false(names.includes('records'));
  t.true(names.includes('summaries_asked') && names.includes('experiments_asked'), 'questions to the copy are slow');
  t.deepEqual(results.connection.prepare('SELECT * FROM experiments_wide').all(), [
    { name: 'b', 'learning rate': 0.1 },
  ]);
});

test('the copy is one file without WAL, and known by a mark', (t) => {
  const folder = freshFolder();
  const store = fill(folder);
  const results = copy(store, folder);
  t.is(results.connection.pragma('journal_mode', { simple: true }), 'delete');
  closeStore(results);
  closeStore(store);
  t.deepEqual(readdirSync(folder).sort(), ['results.db', 'tlw.db']);
  t.true(readFileSync(path.join(folder, 'results.db')).subarray(0, 4096).includes(resultsMark));
  t.false(readFileSync(path.join(folder, 'tlw.db')).subarray(0, 4096).includes(resultsMark));
});

test('a large database is copied without the epochs of each rank, but with their means', (t) => {
  const folder = freshFolder();
  const store = fill(folder);
  const means = store.connection.prepare('SELECT * FROM epochs_mean').all();
  const results = copy(store, folder, 1000);
  t.is(results.connection.prepare('SELECT count(*) FROM epochs').pluck().get(), 0);
  t.is(means.length, 6);
  t.deepEqual(results.connection.prepare('SELECT * FROM epochs_mean').all(), means);
  t.deepEqual(readOverviews(results), readOverviews(store));
});

test('the copy is of one moment: what is written meanwhile is in it as a whole or not at all', (t) => {
  const folder = freshFolder();
  const store = fill(folder);
  const during: PlainTable = {
    columns: [{ name: 'name', type: 'TEXT' }],
    rows: (function* () {
      store.connection.exec('DELETE FROM experiments');
      yield ['a'];
    })(),
  };
  const target = path.join(folder, 'results.db');
  writeFileSync(target, '');
  writeResults(store.file, target, { sheet: during });
  t.is(readOverviews(store).length, 0);
  const results = openStore(target, { fileSystem: 'local', readonly: true });
  t.is(readOverviews(results).length, 2);
  t.is(results.connection.prepare('SELECT count(*) FROM epochs').pluck().get(), 12);
});

test('results.db in the root has the rows of the workbook', async (t) => {
  const sandbox = createSandbox(t);
  for (const name of ['keras-openmpi-early-stops', 'keras-openmpi-nan-one-rank']) sandbox.addFixture(name);
  const { exitCode, stderr } = await sandbox.run('watch', '--root', 'root', '--once');
  t.is(exitCode, 0, stderr);
  const workbook = new exceljs.Workbook();
  await workbook.xlsx.readFile(path.join(sandbox.root, 'master.xlsx'));
  const rows = workbook.getWorksheet('Experiments')?.getSheetValues() ?? [];
  const results = openStore(path.join(sandbox.root, 'results.db'), { fileSystem: 'remote', readonly: true });
  const wide = results.connection.prepare<[], Record<string, unknown>>('SELECT * FROM experiments_wide').all();
  const headers = cells(rows[1]);
  t.is(wide.length, 2);
  t.deepEqual(Object.keys(wide[0] ?? {}), headers);
  for (const [i, row] of wide.entries()) {
    const shown = cells(rows[i + 2]);
    for (const [column, header] of headers.entries()) {
      if (typeof row[String(header)] === 'number') t.is(row[String(header)], shown[column]);
    }
  }
});

/** exceljs counts cells from 1. */
function cells(row: unknown): unknown[] {
  return Array.isArray(row) ? row.slice(1) : [];
}
