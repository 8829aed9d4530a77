/**
 * Measures how long each command takes to its last word, the start of Node included, on a database that `make-database` made,
 * beside the start of Node alone and beside the sqlite3 program with the plainest query for the same rows.
 *
 *     node build/bench/ask.js FILE [rounds=7]
 */

import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { execaSync } from 'execa';

const { positionals } = parseArgs({ allowPositionals: true });
const [file, rounds = '7'] = positionals;
if (file === undefined) throw new Error('expected the name of a file that make-database made');
const cli = resolve('build/src/cli.js');
const home = mkdtempSync(join(tmpdir(), 'tlw-ask-'));
for (const end of ['', '-wal', '-shm']) symlinkSync(`${resolve(file)}${end}`, join(home, `tlw.db${end}`));
const environment = { HOME: home, TLW_ROOT: home, TLW_STATE_DIR: home };
const [one, another] = ['run_1234', 'run_1235'];

const commands: readonly (readonly string[])[] = [
  ['--version'],
  ['--help'],
  ['top'],
  ['top', '--where', 'lr<=0.01 and bs=64'],
  ['top', '--group-by', 'lr,bs'],
  ['top', '--group-by', 'repeats'],
  ['runs'],
  ['runs', '--status', 'failed', 'killed'],
  ['live'],
  ['show', one],
  ['compare', one, another],
  ['ranks', one],
  ['explain', one, 'val_dsc'],
  ['sweep'],
  ['sweep', '--missing'],
  ['scaling'],
  ['scaling', '--target', 'val_dsc=0.6'],
  ['effects'],
  ['failures'],
  ['note', one],
  ['completion', '--names'],
];

try {
  const plain = `SELECT key, status, json_extract(figures, '$[6][1]') AS f FROM experiments JOIN summaries ON experiment = id ORDER BY f DESC LIMIT 20`;
  // One uncounted round, so that the files are in the page cache.
  const references = [
    ['node -e 0', 'node', ['-e', '0']],
    ['sqlite3, the best 20', 'sqlite3', ['-readonly', resolve(file), plain]],
    [
      'sqlite3, all rows',
      'sqlite3',
      ['-readonly', resolve(file), 'SELECT * FROM experiments JOIN summaries ON experiment = id'],
    ],
  ] as const;
  for (const [name, program, args] of references) say(name, medianOf(program, args));
  for (const words of commands) say(`tlw ${words.join(' ')}`, medianOf('node', [cli, ...words]));
} finally {
  rmSync(home, { recursive: true });
}

interface Cost {
  readonly wallMs: number;
  /** Of one processor core. */
  readonly cpuMs: number;
}

function medianOf(program: string, args: readonly string[]): Cost {
  const costs = Array.from({ length: Number(rounds) + 1 }, () => costOf(program, args)).slice(1);
  const median = (values: number[]): number =>
    values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
  return { wallMs: median(costs.map(({ wallMs }) => wallMs)), cpuMs: median(costs.map(({ cpuMs }) => cpuMs)) };
}

function costOf(program: string, args: readonly string[]): Cost {
  const startMs = performance.now();
  const beforeMs = childrenCpuMs();
  execaSync(program, args, { env: environment, maxBuffer: 1e9 });
  return { wallMs: performance.now() - startMs, cpuMs: childrenCpuMs() - beforeMs };
}

/** Time of the processor that the children of this process have had, in steps of 10 ms: proc(5), cutime and cstime. */
function childrenCpuMs(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
  return 10 * (Number(fields[13]) + Number(fields[14]));
}

function say(what: string, { wallMs, cpuMs }: Cost): void {
  process.stdout.write(`${what.padEnd(44)}${wallMs.toFixed(0).padStart(6)} ms${cpuMs.toFixed(0).padStart(6)} ms CPU\n`);
}
