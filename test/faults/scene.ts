/** A root whose work may be cut off at any moment, and what must be true before and after it is done again. */

import { existsSync, readdirSync, readFileSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { inspect, isDeepStrictEqual } from 'node:util';
import type { ExecutionContext } from 'ava';
import Database from 'better-sqlite3';
import JSZip from 'jszip';
import { PDFDocument } from 'pdf-lib';
import { closeStore, openStore } from '../../src/store/open.js';
import { readExperiment } from '../../src/store/read-experiment.js';
import { readOverviews } from '../../src/store/read-overviews.js';
import { createSandbox, type Sandbox } from '../program.js';

export const fixtures = ['keras-openmpi-nan-one-rank', 'tqdm-srun-early-stop'] as const;

/** s since 1970. */
const longAgo = 1_790_000_000;

export const onePass = ['watch', '--root', 'root', '--once'] as const;

/** A home with a root in which nothing was read yet. */
export function createScene(t: ExecutionContext, parent?: string): Sandbox {
  const sandbox = createSandbox(t, parent);
  for (const fixture of fixtures) addLog(sandbox, fixture);
  return sandbox;
}

/** Puts a fixture's log into the root, of the same age in every scene, so that rows can be compared. */
export function addLog(sandbox: Sandbox, fixture: string, name = fixture): void {
  utimesSync(sandbox.addFixture(fixture, name), longAgo, longAgo);
}

/** All that is stored of all experiments, by key, but when that was. */
export function rowsOf(sandbox: Sandbox): ReadonlyMap<string, unknown> {
  const store = openStore(sandbox.database(), { fileSystem: 'local', readonly: true });
  try {
    return new Map(
      readOverviews(store).map(({ key }) => {
        const { experiment, summary } = readExperiment(store, key) ?? {};
        return [key, { experiment, summary }];
      }),
    );
  } finally {
    closeStore(store);
  }
}

/** The bytes of every file beside a log. */
function filesBesideLogs({ root }: Sandbox): ReadonlyMap<string, string> {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.includes('.tlw.'));
  return new Map(paths.sort().map((path) => [path, readFileSync(join(root, path), 'latin1')]));
}

/** What a root's work has come to. */
interface Work {
  readonly rows: ReadonlyMap<string, unknown>;
  readonly files: ReadonlyMap<string, string>;
}

export function workOf(sandbox: Sandbox): Work {
  return { rows: rowsOf(sandbox), files: filesBesideLogs(sandbox) };
}

/** What is wrong after a pass that did not come to its end: now, and when another one has done the work that it left. */
export async function findWrongAfter(sandbox: Sandbox, expected: Work): Promise<string[]> {
  const tornAtOnce = await findTorn(sandbox);
  const again = await sandbox.run(...onePass);
  const got = workOf(sandbox);
  return [
    ...tornAtOnce,
    ...(again.exitCode === 0 ? [] : [`expected exit code 0 of the next pass, got ${again.exitCode}: ${again.stderr}`]),
    ...(isDeepStrictEqual(got.rows, expected.rows)
      ? []
      : [`expected the rows of a whole pass, got ${inspect(got.rows)}`]),
    ...(isDeepStrictEqual(got.files, expected.files)
      ? []
      : [`expected the files of a whole pass, got ${[...got.files.keys()]}`]),
    ...findLeftovers(sandbox).map((file) => `left: ${file}`),
    ...(await findTorn(sandbox)),
  ];
}

/** What no moment may show: a database that is not whole, or an output that is not. */
export async function findTorn(sandbox: Sandbox): Promise<string[]> {
  const torn: string[] = [];
  const state = join(sandbox.home, 'state');
  const databases = listFiles(state).filter((file) => file.endsWith('/tlw.db'));
  for (const file of [...databases, ...listFiles(sandbox.root)]) {
    const reason = await reasonTorn(file);
    if (reason !== undefined) torn.push(`${file}: ${reason}`);
  }
  return torn;
}

/** Names of temporary files that were left. */
export function findLeftovers(sandbox: Sandbox): string[] {
  return listFiles(sandbox.home).filter((file) => file.endsWith('.tmp'));
}

async function reasonTorn(file: string): Promise<string | undefined> {
  try {
    if (file.endsWith('.db')) return checkDatabase(file);
    if (file.endsWith('.tlw.json')) JSON.parse(readFileSync(file, 'utf8'));
    else if (file.endsWith('.tlw.csv') && !readFileSync(file, 'utf8').endsWith('\n')) return 'ends in mid-line';
    else if (file.endsWith('.tlw.pdf')) await PDFDocument.load(readFileSync(file));
    else if (file.endsWith('.xlsx')) await JSZip.loadAsync(readFileSync(file), { checkCRC32: true });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function checkDatabase(file: string): string | undefined {
  // Opened for writing, as the program itself would: what a killed one left is rolled back first.
  const database = new Database(file);
  try {
    const found = database.pragma('integrity_check', { simple: true });
    return found === 'ok' ? undefined : String(found);
  } finally {
    database.close();
  }
}

function listFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}
