import { mkdtempSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { statuses } from '../src/experiment.js';
import { readChanges } from '../src/store/changes.js';
import { markGone, readKnownLogs, renameExperiment, setLogState, unmarkGone } from '../src/store/known-logs.js';
import { SchemaError } from '../src/store/migrate.js';
import { readUserNotes, setUserNotes } from '../src/store/notes.js';
import { closeStore, openStore } from '../src/store/open.js';
import { readExperiment } from '../src/store/read-experiment.js';
import { readOverviews } from '../src/store/read-overviews.js';
import { resummarise } from '../src/store/resummarise.js';
import { save } from '../src/store/save.js';
import { summarise } from '../src/summarise.js';
import { buildExperiment } from './build-experiment.js';
import { storableExperiment } from './storable-experiment.js';

const freshFile = (): string => path.join(mkdtempSync(path.join(tmpdir(), 'tlw-store-')), 'tlw.db');
const open = (file = freshFile()) => openStore(file, { fileSystem: 'local', now: () => 1_700_000_000_000 });

test('an experiment is read back as it was saved, whatever is in it', (t) => {
  const store = open();
  fc.assert(
    fc.property(storableExperiment, (experiment) => {
      const summary = summarise(experiment.run, { metric: 'val_loss', direction: 'min' });
      save(store, experiment, summary);
      const stored = readExperiment(store, experiment.key);
      t.deepEqual(stored?.experiment, experiment);
      t.deepEqual(stored?.summary, summary);
    }),
    { numRuns: 150 },
  );
  closeStore(store);
});

test('saving the same twice changes nothing, and says so', (t) => {
  const store = open();
  const experiment = buildExperiment({ ranks: [{ epochs: [{ epoch: 1, metrics: { loss: Number.NaN, dsc: 0.5 } }] }] });
  const summary = summarise(experiment.run, null);
  t.true(save(store, experiment, summary).changed);
  const changes = readChanges(store);
  t.false(save(store, experiment, summary).changed);
  t.is(readChanges(store), changes);
  closeStore(store);
});

test('a shorter reading leaves no row of the longer one behind', (t) => {
  const store = open();
  const epochs = [1, 2, 3].map((epoch) => ({ epoch, metrics: { loss: epoch } }));
  const long = buildExperiment({ ranks: [{ epochs }, { epochs }] });
  const short = buildExperiment({ ranks: [{ epochs: epochs.slice(0, 1) }] });
  save(store, long, summarise(long.run, null));
  save(store, short, summarise(short.run, null));
  t.is(store.connection.prepare('SELECT count(*) FROM epochs').pluck().get(), 1);
  t.is(store.connection.prepare('SELECT count(*) FROM ranks').pluck().get(), 1);
  closeStore(store);
});

test('NaN and infinities are NULL in SQL, and named', (t) => {
  const store = open();
  const experiment = buildExperiment({
    ranks: [{ epochs: [{ epoch: 1, metrics: { loss: Number.NaN, val_loss: -Infinity, accuracy: 0.5 } }] }],
  });
  save(store, experiment, summarise(experiment.run, null));
  const row = store.connection.prepare('SELECT loss, val_loss, accuracy, non_finite FROM epochs').get();
  t.deepEqual(row, { loss: null, val_loss: null, accuracy: 0.5, non_finite: '{"loss":"NaN","val_loss":"-Infinity"}' });
  closeStore(store);
});

test('overviews have everything but the epochs, with the notes', (t) => {
  const store = open();
  const experiment = buildExperiment({
    hyperparameters: { lr: '0.01', dpout: ['0.5', '0.3'] },
    ranks: [{ host: 'n2', epochs: [{ epoch: 1, metrics: { loss: 1 } }] }, { host: 'n1' }],
  });
  save(store, experiment, summarise(experiment.run, null));
  setUserNotes(store, experiment.key, { notes: 'the good one', tags: ['a', 'b'], keep: 'x' });
  const [overview] = readOverviews(store);
  t.deepEqual(overview?.hosts, ['n1', 'n2']);
  t.deepEqual(overview?.hyperparameters, experiment.hyperparameters);
  t.deepEqual(overview?.user, { notes: 'the good one', tags: ['a', 'b'], keep: 'x' });
  t.deepEqual(overview?.summary, readExperiment(store, experiment.key)?.summary);
  closeStore(store);
});

test('a renamed experiment keeps its rows and its notes', (t) => {
  const store = open();
  const experiment = buildExperiment({ name: 'a', ranks: [{ epochs: [{ epoch: 1, metrics: { loss: 1 } }] }] });
  save(store, experiment, summarise(experiment.run, null));
  setUserNotes(store, experiment.key, { notes: 'n', tags: [], keep: '' });
  t.true(renameExperiment(store, experiment.key, { key: 'b/b.log', name: 'b' }));
  t.is(readExperiment(store, experiment.key), undefined);
  t.is(readExperiment(store, 'b/b.log')?.experiment.run.ranks[0]?.epochs.length, 1);
  t.is(readUserNotes(store, 'b/b.log').notes, 'n');
  closeStore(store);
});

test('an experiment that is renamed onto another takes its place, and the notes of both are kept', (t) => {
  const store = open();
  for (const name of ['a', 'b']) {
    const experiment = buildExperiment({ name, ranks: [{ epochs: [{ epoch: 1, metrics: { loss: 1 } }] }] });
    save(store, experiment, summarise(experiment.run, null));
    setUserNotes(store, experiment.key, { notes: `of ${name}`, tags: ['x', name], keep: name === 'a' ? 'yes' : '' });
  }
  t.true(renameExperiment(store, 'a/a.log', { key: 'b/b.log', name: 'b' }));
  t.deepEqual(
    readOverviews(store).map(({ key, user }) => ({ key, user })),
    [{ key: 'b/b.log', user: { notes: 'of b\nof a', tags: ['x', 'b', 'a'], keep: 'yes' } }],
  );
  t.is(store.connection.prepare('SELECT count(*) FROM epochs').pluck().get(), 1);
  t.false(renameExperiment(store, 'c/c.log', { key: 'd/d.log', name: 'd' }));
  closeStore(store);
});

test('how far the program is with a log is no other reading of it, but whether it is parsed is shown', (t) => {
  const store = open();
  const experiment = buildExperiment();
  const summary = summarise(experiment.run, null);
  save(store, experiment, summary);
  const changes = readChanges(store);
  t.true(setLogState(store, experiment.key, 'growing'));
  t.is(readChanges(store), changes + 1);
  t.true(setLogState(store, experiment.key, 'quiet'));
  t.false(setLogState(store, experiment.key, 'quiet'));
  t.is(readChanges(store), changes + 1);
  t.true(save(store, experiment, summary).changed);
  t.is(readOverviews(store)[0]?.logState, 'parsed');
  t.false(save(store, experiment, summary).changed);
  closeStore(store);
});

test('a deleted folder leaves its rows, marked, and takes its status back when it returns', (t) => {
  const store = open();
  const experiment = buildExperiment({ run: { status: 'early_stopped' } });
  save(store, experiment, summarise(experiment.run, null));
  t.true(markGone(store, experiment.key));
  t.false(markGone(store, experiment.key));
  t.is(readKnownLogs(store)[0]?.status, 'gone');
  t.true(unmarkGone(store, experiment.key));
  t.is(readKnownLogs(store)[0]?.status, 'early_stopped');
  closeStore(store);
});

test('another objective of the root changes which epoch is best', (t) => {
  const store = open();
  const rows = [
    { epoch: 1, metrics: { val_loss: 0.3, val_dsc: 0.7 } },
    { epoch: 2, metrics: { val_loss: 0.2, val_dsc: 0.6 } },
  ];
  const experiment = buildExperiment({
    run: {
      metricNames: new Map([
        ['val_loss', 'val_loss'],
        ['val_dsc', 'val_dsc'],
      ]),
    },
    ranks: [{ epochs: rows }],
  });
  save(store, experiment, summarise(experiment.run, { metric: 'val_loss', direction: 'min' }));
  t.is(readOverviews(store)[0]?.summary.best?.epoch, 2);
  t.is(resummarise(store, { metric: 'val_dsc', direction: 'max' }), 1);
  t.is(readOverviews(store)[0]?.summary.best?.epoch, 1);
  t.is(resummarise(store, { metric: 'val_dsc', direction: 'max' }), 0);
  closeStore(store);
});

test('DB16: a database of a newer program is refused and stays as it is', (t) => {
  const file = freshFile();
  const store = open(file);
  store.connection.pragma('user_version = 999');
  closeStore(store);
  const before = statSync(file).mtimeMs;
  const error = t.throws(() => open(file), { instanceOf: SchemaError });
  t.is(error?.reason, 'newer');
  t.regex(error?.message ?? '', /schema 999/);
  t.is(statSync(file).mtimeMs, before);
});

test('the database and its folder are the user’s alone', (t) => {
  const file = path.join(path.dirname(freshFile()), 'state', 'tlw.db');
  const store = open(file);
  t.is(statSync(file).mode & 0o777, 0o600);
  t.is(statSync(path.dirname(file)).mode & 0o777, 0o700);
  t.is(store.connection.pragma('journal_mode', { simple: true }), 'wal');
  t.is(store.connection.pragma('synchronous', { simple: true }), 2);
  closeStore(store);
  t.deepEqual(readdirSync(path.dirname(file)), ['tlw.db']);
});

test('every status of the domain can be stored', (t) => {
  const store = open();
  for (const status of statuses) {
    const experiment = buildExperiment({ name: status, run: { status } });
    save(store, experiment, summarise(experiment.run, null));
  }
  t.deepEqual(
    readKnownLogs(store).map((log) => log.status),
    [...statuses].sort(),
  );
  closeStore(store);
});
