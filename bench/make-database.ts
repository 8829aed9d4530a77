/**
 * Fills a database with a made-up sweep and measures what the store costs, in time of one processor core.
 *
 *     node build/bench/make-database.js FILE [experiments=10000] [ranks=8] [epochs=50]
 */

import { existsSync, statSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { makeBackup } from '../src/store/backup.js';
import { closeStore, openStore } from '../src/store/open.js';
import { readEpochMeans } from '../src/store/read-epoch-means.js';
import { readExperiment } from '../src/store/read-experiment.js';
import { readOverviews } from '../src/store/read-overviews.js';
import { readRankRows } from '../src/store/read-rank-rows.js';
import { writeResults } from '../src/store/results.js';
import { resummarise } from '../src/store/resummarise.js';
import { saveAll } from '../src/store/save.js';
import type { Store } from '../src/store/store.js';
import { summarise } from '../src/summarise.js';
import type { Objective } from '../src/summary.js';
import { generateExperiment } from './generate.js';

const objective: Objective = { metric: 'val_dsc', direction: 'max' };
/** Experiments saved in one transaction, as a bulk import does. */
const batchLength = 50;

const { positionals } = parseArgs({ allowPositionals: true });
const [file, experiments = '10000', ranks = '8', epochs = '50'] = positionals;
if (file === undefined || existsSync(file)) throw new Error('expected the name of a file that does not exist yet');
const size = { ranks: Number(ranks), epochs: Number(epochs) };

const store = openStore(file, { fileSystem: 'local' });
fill(store, Number(experiments));
const overviews = measure('overviews read', () => readOverviews(store));
measure('overviews read again', () => readOverviews(store));
measure('one experiment read', () => readExperiment(store, overviews[0]?.key ?? ''));
measure('rows of all ranks read', () => overviews.map(({ key }) => readRankRows(store, key)));
measure('100,000 means read', () => {
  for (let rows = 0, i = 0; rows < 100_000 && i < overviews.length; i++) {
    rows += readEpochMeans(store, overviews[i]?.key ?? '').length;
  }
});
measure('results.db written', () => {
  writeFileSync(`${file}.results`, '');
  writeResults(file, `${file}.results`, { sheet: { columns: [{ name: 'key', type: 'TEXT' }], rows: [] } });
});

measure('objective changed', () => resummarise(store, { metric: 'val_iou', direction: 'max' }));
measure('objective changed back', () => resummarise(store, objective));
closeStore(store);
measure('backup made', () => makeBackup(file));
say('size', `${megabytes(file)} MB, results.db ${megabytes(`${file}.results`)} MB`);

function fill(store: Store, count: number): void {
  const spent = { summarising: 0, saving: 0 };
  for (let first = 0; first < count; first += batchLength) {
    const length = Math.min(batchLength, count - first);
    const made = Array.from({ length }, (_, i) => generateExperiment(first + i, size));
    const start = cpuMs();
    const records = made.map((experiment) => ({ experiment, summary: summarise(experiment.run, objective) }));
    const between = cpuMs();
    saveAll(store, records);
    spent.saving += cpuMs() - between;
    spent.summarising += between - start;
  }
  const rows = count * size.ranks * size.epochs;
  say('summarised', `${((1000 * spent.summarising) / count).toFixed(0)} µs an experiment`);
  say(
    'saved',
    `${((1000 * count) / spent.saving).toFixed(0)} experiments/s, ${(rows / spent.saving).toFixed(0)} thousand epochs/s`,
  );
}

function measure<T>(what: string, work: () => T): T {
  const start = { wallMs: performance.now(), cpuMs: cpuMs() };
  const result = work();
  say(
    what,
    `${(cpuMs() - start.cpuMs).toFixed(0)} ms (${(performance.now() - start.wallMs).toFixed(0)} ms by the wall clock)`,
  );
  return result;
}

function megabytes(path: string): string {
  return (statSync(path).size / 1e6).toFixed(0);
}

/** Time of the processor that this process has had: what others do on the machine counts less in it. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function say(what: string, figure: string): void {
  process.stdout.write(`${what.padEnd(24)}${figure}\n`);
}
