import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { openStore } from '../src/store/open.js';
import { save } from '../src/store/save.js';
import { summarise } from '../src/summarise.js';
import { buildExperiment } from './build-experiment.js';

const page = readFileSync('docs/schema.md', 'utf8');
const open = () =>
  openStore(path.join(mkdtempSync(path.join(tmpdir(), 'tlw-schema-')), 'tlw.db'), { fileSystem: 'local' });

/** What the document says under the heading of a table or view. */
function sectionOf(name: string): string {
  const sections = page.split(/^(?=##+ )/m);
  return sections.find((section) => section.split('\n', 1)[0]?.includes(`\`${name}\``)) ?? '';
}

interface Column {
  readonly table: string;
  readonly name: string;
}

const columns = open()
  .connection.prepare<[], Column>(
    `SELECT tables.name AS "table", columns.name AS name
     FROM sqlite_schema AS tables, pragma_table_xinfo(tables.name) AS columns
     WHERE tables.type IN ('table', 'view') AND tables.name NOT LIKE 'sqlite~_%' ESCAPE '~'`,
  )
  .all();

test('there is a database to document', (t) => {
  t.true(columns.length > 100);
});

for (const table of new Set(columns.map((column) => column.table))) {
  test(`every column of ${table} is documented`, (t) => {
    const section = sectionOf(table);
    t.not(section, '');
    const missing = columns.filter((column) => column.table === table && !section.includes(`\`${column.name}\``));
    t.deepEqual(
      missing.map(({ name }) => name),
      [],
    );
  });
}

test('what is documented as a table or view is one', (t) => {
  const known = new Set(columns.map((column) => column.table));
  const headings = page.match(/^### .*$/gm) ?? [];
  const named = headings.flatMap((heading) => heading.match(/[a-z_]+/g) ?? []);
  t.deepEqual(
    named.filter((name) => !known.has(name)),
    [],
  );
});

for (const [, query = ''] of page.matchAll(/```sql\n([^`]*)```/g)) {
  test(`runs and finds something: ${query.replaceAll(/\s+/g, ' ').trim()}`, (t) => {
    const { connection } = sample();
    t.true(connection.prepare(query).all().length > 0);
  });
}

/** A database in which each of the document's queries finds something. */
function sample() {
  const store = open();
  const epochs = [1, 2].map((epoch) => ({ epoch, metrics: { loss: 1 / epoch, val_dsc: epoch / 10 } }));
  const experiment = buildExperiment({
    hyperparameters: { lr: '0.01', bs: '64' },
    ranks: [
      {
        epochs,
        steps: {
          length: 1,
          ...{ segment: Int32Array.of(1), epoch: Int32Array.of(1), step: Int32Array.of(5) },
          metrics: new Map([['loss', { values: Float64Array.of(0.7), present: Uint8Array.of(1) }]]),
        },
      },
      { epochs: epochs.slice(0, 1) },
    ],
  });
  const { run } = experiment;
  const receipt = {
    ...run.receipt,
    quarantined: 1,
    findings: [{ offset: 9, rank: 0, what: 'two records in one line' }],
  };
  const saved = {
    ...experiment,
    run: { ...run, receipt, metricNames: new Map([...run.metricNames, ['val_dsc', 'val_DSC']]) },
  };
  save(store, saved, summarise(saved.run, { metric: 'val_dsc', direction: 'max' }));
  store.connection
    .prepare('INSERT INTO user_notes VALUES (?, ?, ?, ?, ?)')
    .run(experiment.key, 'good', '["paper"]', '', 0);
  return store;
}
