import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';

const source = path.join(process.cwd(), 'src');

/** A layer may import from those before it, never from one in its own row or after it. */
const layers: readonly (readonly string[])[] = [
  ['domain'],
  ['log', 'watch', 'store', 'outputs'],
  ['daemon'],
  ['commands'],
  ['cli'],
];

/** What costs time or memory to load, or may be replaced one day; yaml and zod are neither. */
const heavyLibraries = [
  'better-sqlite3',
  'canvas',
  'chart.js',
  'chokidar',
  'commander',
  'exceljs',
  'pdf-lib',
  'winston',
  'workerpool',
];

const maxLines = 250;

interface Import {
  /** './x.js' or the name of a package. */
  readonly from: string;
  /** It costs nothing when the program runs. */
  readonly isOfTypes: boolean;
}

interface SourceFile {
  /** Relative to src, '/'-separated. */
  readonly name: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

const files = await readSources();

test('there are sources to look at', (t) => {
  t.true(files.length > 10);
  t.true(files.some((file) => file.imports.length > 0));
});

test('imports run one way, and log, watch, store and outputs do not know one another', (t) => {
  const violations = files.flatMap((file) =>
    file.imports
      .filter(({ from }) => from.startsWith('.'))
      .map(({ from }) => path.posix.join(path.posix.dirname(file.name), from))
      .filter((imported) => !mayImport(layerOf(file.name), layerOf(imported)))
      .map((imported) => `${file.name} imports ${imported}`),
  );
  t.deepEqual(violations, []);
});

test('the domain types import nothing', (t) => {
  t.deepEqual(files.find((file) => file.name === 'experiment.ts')?.imports, []);
});

for (const library of heavyLibraries) {
  test(`${library} is imported by one file at most`, (t) => {
    const users = files.filter((file) =>
      file.imports.some((imported) => !imported.isOfTypes && isOf(library, imported.from)),
    );
    t.true(users.length <= 1, users.map((file) => file.name).join(', '));
  });
}

test(`no source file has more than ${maxLines} lines`, (t) => {
  const long = files
    .map((file) => ({ name: file.name, lines: file.text.split('\n').length - 1 }))
    .filter((file) => file.lines > maxLines);
  t.deepEqual(long, []);
});

test('nothing is called utils, and only the command line reads argv and sets exit codes', (t) => {
  t.deepEqual(
    files.filter((file) => /util/i.test(file.name)).map((file) => file.name),
    [],
  );
  const users = files.filter((file) => /process\.(argv|exitCode)|process\.exit\(/.test(file.text));
  t.deepEqual(
    users.map((file) => file.name).filter((name) => name !== 'cli.ts'),
    [],
  );
});

async function readSources(): Promise<SourceFile[]> {
  const names = (await readdir(source, { recursive: true })).filter((name) => name.endsWith('.ts')).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(path.join(source, name), 'utf8');
      return { name: name.replaceAll(path.sep, '/'), text, imports: importsOf(text) };
    }),
  );
}

function importsOf(text: string): Import[] {
  const found = text.matchAll(
    /^(?:import|export)( type)?\b[^;]*?\bfrom '([^']+)'|\bimport\('([^']+)'\)|^import '([^']+)'/gm,
  );
  return [...found].flatMap(([, type, named, dynamic, bare]) => {
    const from = named ?? dynamic ?? bare;
    return from === undefined ? [] : [{ from, isOfTypes: type !== undefined }];
  });
}

/** The first folder below src; files that lie in src itself, and their folders of the same name, are the domain. */
function layerOf(name: string): string {
  const [first = ''] = name.replace(/^cli\.[jt]s$/, 'cli/').split('/');
  return layers.flat().includes(first) ? first : 'domain';
}

function mayImport(from: string, to: string): boolean {
  return from === to || rowOf(to) < rowOf(from);
}

function rowOf(layer: string): number {
  return layers.findIndex((row) => row.includes(layer));
}

function isOf(library: string, imported: string): boolean {
  return imported === library || imported.startsWith(`${library}/`);
}
