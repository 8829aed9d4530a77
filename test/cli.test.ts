import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import test from 'ava';
import { commands } from '../src/commands/index.js';
import { program } from '../src/package.js';
import { createSandbox, fixtureLog } from './program.js';

test('help names every command, and each has examples and a version', async (t) => {
  const { run } = createSandbox(t);
  const { exitCode, stdout } = await run('--help');
  t.is(exitCode, 0);
  for (const name of Object.keys(commands)) t.regex(stdout, new RegExp(`^  ${name} `, 'm'));
  for (const name of ['watch', 'parse', 'config']) {
    const help = await run(name, '--help');
    t.is(help.exitCode, 0);
    t.regex(help.stdout, new RegExp(`\\nExamples?:\\n  \\$ .*tlw ${name}`));
    t.deepEqual(await run(name, '--version'), { exitCode: 0, stdout: program.version, stderr: '' });
  }
});

const mistakes: [title: string, args: string[], exitCode: number, stderr: RegExp][] = [
  ['no command', [], 64, /^Usage: tlw/],
  ['an unknown command', ['wach'], 64, /^tlw: unknown command 'wach'\n\(Did you mean watch\?\)/],
  ['an unknown flag', ['watch', '--rot', 'x'], 64, /unknown option '--rot'\n\(Did you mean --root\?\)/],
  [
    'a name that looks like an option',
    ['show', '-lr_0.1'],
    64,
    /^tlw: unknown option '-lr_0.1' \(names that begin with '-' go behind --\)$/,
  ],
  ['an empty name', ['note', ''], 66, /^tlw: \S+: expected a root that tlw has read on this host/],
  ['a missing argument', ['show'], 64, /missing required argument 'experiment'/],
  ['no root', ['watch', '--once'], 64, /^tlw: expected --root DIR, the folder that holds the experiments$/],
  ['a root that is not there', ['watch', '--once', '--root', 'nope'], 66, /^tlw: \S*\/nope: .* not there \(ENOENT\)$/],
  ['a root that is a file', ['watch', '--once', '--root', 'file'], 66, /^tlw: \S*\/file: .* got a file$/],
  ['a log that is not there', ['parse', 'nope.log'], 66, /^tlw: \S*\/nope\.log: not there \(ENOENT\)$/],
  ['a folder as log', ['parse', 'root'], 66, /^tlw: \S*\/root: not a regular file$/],
  [
    'a link as log',
    ['parse', 'link.log'],
    66,
    /^tlw: \S*\/link\.log: a link in a circle, or where none is allowed \(ELOOP\)$/,
  ],
  [
    'a wrong option',
    ['config', '--set', 'depht=2'],
    78,
    /^tlw: --set depht: there is no option "depht"; did you mean "depth"\?$/,
  ],
  ['a config file that is not there', ['config', '-c', 'c.yaml'], 78, /^tlw: \S*\/c\.yaml: there is no such file$/],
  ['a demo where there is something else', ['demo', '.'], 64, /^tlw: .* expected a new or empty folder/],
];

for (const [title, args, expected, stderr] of mistakes) {
  test(`mistake: ${title}`, async (t) => {
    const sandbox = createSandbox(t);
    writeFileSync(join(sandbox.home, 'file'), '');
    symlinkSync('file', join(sandbox.home, 'link.log'));
    const result = await sandbox.run(...args);
    t.is(result.exitCode, expected, result.stderr);
    t.regex(result.stderr, stderr);
    t.false(result.stderr.includes('    at '), 'no stack trace');
    t.is(result.stdout, '');
  });
}

test('parse prints the package, and nothing else', async (t) => {
  const sandbox = createSandbox(t);
  const log = sandbox.addFixture('keras-openmpi-early-stops', 'lr_0.1-bs_8');
  const { exitCode, stdout, stderr } = await sandbox.run('parse', log);
  t.is(exitCode, 0);
  t.is(stderr, '');
  const parsed: unknown = JSON.parse(stdout);
  const schema: object = JSON.parse(readFileSync('schema/package.schema.json', 'utf8'));
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema);
  t.true(validate(parsed), JSON.stringify(validate.errors));
  t.like(parsed, {
    schema: 'training-log-wizard/package/1',
    experiment: 'lr_0.1-bs_8',
    status: 'early_stopped',
    hyperparameters: [
      { name: 'lr', values: ['0.1'] },
      { name: 'bs', values: ['8'] },
    ],
  });
});

test('parse --out writes the three files, and needs no database', async (t) => {
  const sandbox = createSandbox(t);
  mkdirSync(join(sandbox.home, 'logs'));
  writeFileSync(join(sandbox.home, 'logs', 'train.log'), readFileSync(fixtureLog('keras-openmpi-one-rank')));
  const { exitCode, stdout, stderr } = await sandbox.run('parse', 'logs/train.log', '--out', 'results');
  t.is(exitCode, 0);
  t.is(stdout, '');
  t.deepEqual(
    stderr.split('\n'),
    ['json', 'pdf', 'csv'].map((extension) => `results/train.tlw.${extension}`),
  );
  const written: unknown = JSON.parse(readFileSync(join(sandbox.home, 'results/train.tlw.json'), 'utf8'));
  t.like(written, { experiment: 'train', status: 'completed', hyperparameters: [] });
  t.throws(() => sandbox.database());
});

test('a reader that leaves early is no error', async (t) => {
  const sandbox = createSandbox(t);
  const log = sandbox.addFixture('keras-openmpi-chatter');
  const parse = sandbox.start(['parse', log]);
  parse.stdout?.destroy();
  const { exitCode, stderr } = await parse;
  t.is(exitCode, 0, String(stderr));
});

test('the demo makes workbook and reports, and says where; a second one finds nothing to do', async (t) => {
  const sandbox = createSandbox(t);
  const first = await sandbox.run('demo', 'demo', '-q');
  t.is(first.exitCode, 0, first.stderr);
  t.regex(
    first.stdout,
    /^\d+ experiments read\.\n\nWorkbook, .*:\n {2}demo\/master\.xlsx\nReports, \d+ PDFs, .*:\n {2}demo\/\S+\.tlw\.pdf\n/,
  );
  const second = await sandbox.run('demo', 'demo', '-q');
  t.regex(second.stdout, /^Nothing has changed since the last time\./);
});

test('config shows what is in force, and where each value comes from', async (t) => {
  const sandbox = createSandbox(t);
  writeFileSync(join(sandbox.home, 'c.yaml'), 'depth: 2\n');
  const { stdout } = await sandbox.run('config', '-c', 'c.yaml', '--changed', '--set', 'log.level=warn');
  t.deepEqual(
    stdout.split('\n').map((line) => line.replace(/ {2,}/, ' ').replaceAll(sandbox.home, '')),
    ['# /c.yaml', 'depth: 2 # /c.yaml:1', 'log.level: warn # --set log.level'],
  );
  const rows: unknown = JSON.parse((await sandbox.run('config', '--json', '-c', 'c.yaml')).stdout);
  t.true(Array.isArray(rows) && rows.length > 20);
});

test('messages have a priority where journald reads them, and not where they are redirected', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.addFixture('keras-openmpi-one-rank', 'a');
  const file = join(sandbox.home, 'stderr');
  writeFileSync(file, '');
  const { dev, ino } = statSync(file);
  const said = async (stream: string): Promise<string> => {
    const by = ['env', `JOURNAL_STREAM=${stream}`, 'sh', '-c', `exec "$0" "$@" 2>'${file}'`];
    await sandbox.startBy(by, ['--verbose', 'watch', '--once', '--root', 'root']);
    return readFileSync(file, 'utf8').split('\n')[0] ?? '';
  };
  t.regex(await said(`${dev}:${ino}`), /^<[67]>[a-z]/);
  t.regex(await said('1:2'), /^\d\d:\d\d:\d\d (?:info|debug) /);
});
