import {
  appendFileSync,
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { loadConfig } from '../src/config.js';
import { experimentOfLog } from '../src/daemon/experiment-of-log.js';
import { digestOf, renderPackage } from '../src/outputs/package.js';
import { packageRoot, program } from '../src/package.js';
import { summarise } from '../src/summarise.js';
import { fixtureNames } from './fixture-experiments.js';

const { config } = loadConfig({ environment: {}, file: undefined, settings: [], flags: [], folder: packageRoot });

/** A root with one fixture in it, and the package that `tlw parse --out` would write beside its log. */
function withPackage(name: string) {
  const root = mkdtempSync(path.join(tmpdir(), 'tlw-packaged-'));
  cpSync(path.join(packageRoot, 'test/fixtures/experiments', name), path.join(root, name), { recursive: true });
  const key = `${name}/${name}.log`;
  const log = path.join(root, key);
  const read = (trustPackage: boolean) =>
    experimentOfLog({ root, key, file: key, name }, config, { trustPackage }).experiment;
  const fresh = read(false);
  const file = log.replace(/\.log$/, '.tlw.json');
  const write = (text: string): void => {
    writeFileSync(file, text);
    utimesSync(file, new Date(), new Date(Date.now() + 1000));
  };
  const text = renderPackage(fresh, summarise(fresh.run, null), program);
  write(text);
  return { log, file, text, fresh, read, write };
}

for (const name of fixtureNames) {
  test(`${name}: what comes from its package is what comes from its log`, (t) => {
    const { fresh, read } = withPackage(name);
    t.deepEqual(read(true), fresh);
  });
}

const name = 'keras-openmpi-one-rank';

test('a package that was made while the log still grew does not say what became of the run', (t) => {
  const { fresh, read, write } = withPackage(name);
  const growing = { ...fresh, run: { ...fresh.run, status: 'running', reason: null } } as const;
  write(renderPackage(growing, summarise(growing.run, null), program));
  t.deepEqual(read(true), fresh);
});

test('of a log with a package nothing but its two ends is read', (t) => {
  const { log, fresh, read } = withPackage(name);
  // The middle of the log is no longer what it was, but neither its size nor its ends say so.
  const bytes = readFileSync(log);
  t.true(bytes.length > 9000);
  bytes.fill(0x78, 4200, bytes.length - 4200);
  writeFileSync(log, bytes);
  t.deepEqual(read(true).run, fresh.run);
  t.notDeepEqual(read(false).run.ranks, fresh.run.ranks);
});

for (const [trouble, change, note] of [
  ['torn', (text: string) => text.slice(0, -20), /not used, torn: /],
  [
    'changed by hand',
    (text: string) => text.replace('"status": "completed"', '"status": "failed"'),
    /not used, torn: /,
  ],
  ['foreign', () => '{"name": "somebody else’s"}\n', /not used, foreign: /],
  ['newer', (text: string) => text.replace('/package/1"', '/package/99"'), /not used, newer: /],
  [
    'of another version',
    (text: string) => resealed(text.replace(/"version":\s*"[^"]*"/, '"version":"0.0.0"')),
    /not used, stale: version 0\.0\.0 made it/,
  ],
] as const) {
  test(`a package that is ${trouble} is not trusted, and the receipt says why`, (t) => {
    const { fresh, read, write, text } = withPackage(name);
    write(change(text));
    const { run } = read(true);
    t.deepEqual(run.ranks, fresh.run.ranks);
    t.is(run.receipt.notes.length, fresh.run.receipt.notes.length + 1);
    t.regex(run.receipt.notes.at(-1) ?? '', note);
  });
}

test('a package of another state of the log is stale', (t) => {
  const { log, file, read } = withPackage(name);
  appendFileSync(log, 'one more line\n');
  utimesSync(log, new Date(), new Date(Date.now() - 10_000));
  t.regex(read(true).run.receipt.notes.at(-1) ?? '', /not used, stale: it was made of another state of the log/);
  // Where the log has grown since, the package cannot know.
  utimesSync(file, new Date(), new Date(Date.now() - 20_000));
  t.deepEqual(read(true).run.receipt.notes, []);
});

test('a link in place of a package is not followed', (t) => {
  const { log, fresh, read, text } = withPackage(name);
  const elsewhere = path.join(path.dirname(log), 'elsewhere.json');
  writeFileSync(elsewhere, resealed(text.replace('"status": "completed"', '"status": "failed"')));
  const file = log.replace(/\.log$/, '.tlw.json');
  rmSync(file);
  symlinkSync(elsewhere, file);
  t.is(read(true).run.status, fresh.run.status);
});

function resealed(text: string): string {
  const body = text.replace(/,\n"digest": "sha256:[0-9a-f]{64}"\n\}\n$/, '');
  return `${body},\n"digest": "${digestOf(body)}"\n}\n`;
}
