/** What went wrong when somebody tried to make it go wrong, beside the faults that the program was made for. */

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'ava';
import { outputPathOf } from '../src/outputs/output-names.js';
import { canInject, runInjected } from './faults/inject.js';
import { createSandbox } from './program.js';

const once = ['watch', '--root', 'root', '--once'];
const noReports = ['--set', 'outputs.report=false'];
const keras = (loss: string) => `Epoch 1/1\n8/8 - 1s - 100ms/step - loss: ${loss}\n`;

const canTrace = await canInject();
if (!canTrace)
  process.stderr.write('skipped, calls that fail as on odd file systems: strace is not there or may not trace\n');

test('UN3: logs that differ by their ending alone, as PBS names them, each have files and a name of their own', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.write('jobs/lr_0.1.o4711', keras('0.5000'));
  sandbox.write('jobs/lr_0.1.o4712', keras('0.2500'));
  const { exitCode, stdout, stderr } = await sandbox.run(...once, ...noReports);
  t.is(exitCode, 0, stderr);
  t.regex(stdout, /^2 logs read, 4 files written/);
  const lossOf = (name: string) =>
    JSON.parse(readFileSync(join(sandbox.root, 'jobs', `${name}.tlw.json`), 'utf8')).ranks[0].epochs[0].metrics.loss;
  t.is(lossOf('lr_0.1.o4711'), 0.5);
  t.is(lossOf('lr_0.1.o4712'), 0.25);
  const columns = ['--columns', 'name,lr', '--format', 'json'];
  const rows = JSON.parse((await sandbox.run('top', '--root', 'root', '--by', 'loss', ...columns)).stdout);
  t.deepEqual(
    rows.map((row: Record<string, unknown>) => [row.name ?? row.experiment, row.lr]),
    [
      ['jobs/lr_0.1.o4712', '0.1'],
      ['jobs/lr_0.1.o4711', '0.1'],
    ],
  );
});

test('UN4: a name so long that no ending fits behind it has its files under a shorter one', async (t) => {
  const sandbox = createSandbox(t);
  const name = `${'lr_0.1-'.repeat(30)}${'ä'.repeat(20)}`;
  sandbox.write(`exp/${name}.log`, keras('0.5000'));
  sandbox.write(`exp/${name}.out`, keras('0.5000'));
  const { exitCode, stdout, stderr } = await sandbox.run(...once, ...noReports);
  t.is(exitCode, 0, stderr);
  t.regex(stdout, /^1 log read, 2 files written/);
  const made = readdirSync(join(sandbox.root, 'exp')).filter((file) => file.includes('.tlw.'));
  t.is(made.length, 2);
  t.true(made.every((file) => file.startsWith('lr_0.1-lr_0.1-') && Buffer.byteLength(file) <= 255));
  t.regex((await sandbox.run(...once, ...noReports)).stdout, /^0 logs read, 0 files written/);
});

test('UN4: names that are equal at their start only stay apart, and none is cut within a character', (t) => {
  const [a, b] = ['x', 'y'].map((end) => outputPathOf(`e/${'ü'.repeat(124)}${end}.log`, 'json'));
  t.not(a, b);
  for (const path of [a, b]) {
    t.true(Buffer.byteLength(path?.slice(2) ?? '') <= 255);
    t.regex(path ?? '', /^e\/ü+-[0-9a-f]{12}\.tlw\.json$/);
  }
  const fits = 'x'.repeat(246);
  t.is(outputPathOf(`${fits}.log`, 'json'), `${fits}.tlw.json`);
  t.regex(outputPathOf(`${'\\xFF'.repeat(70)}.log`, 'csv'), /^(?:\\xFF)+-[0-9a-f]{12}\.tlw\.csv$/);
});

for (const [calls, error] of [
  ['fsync', 'EINVAL'],
  ['rename', 'EXDEV'],
] as const) {
  const straceTest = canTrace ? test.serial : test.serial.skip;
  straceTest(`UN6: a file system that refuses ${calls} with ${error} is told in one line, exit 74`, async (t) => {
    const sandbox = createSandbox(t);
    sandbox.write('exp/exp.log', keras('0.5000'));
    const hurt = await runInjected(sandbox, { calls, fault: `error=${error}` }, [...once, ...noReports]);
    t.is(hurt.exitCode, 74);
    t.regex(
      hurt.stderr,
      new RegExp(`^tlw: database: the disk or server reports an error in [^\\n]*${error}[^\\n]*\\n$`),
    );
    t.is((await sandbox.run(...once, ...noReports)).exitCode, 0);
  });
}

for (const [what, put] of [
  ['a folder', (file: string) => mkdirSync(file)],
  ['no database', (file: string) => writeFileSync(file, 'x'.repeat(5000))],
] as const) {
  test(`UN5: what lies in the place of the database is ${what}: one line says so`, async (t) => {
    const sandbox = createSandbox(t);
    sandbox.write('exp/exp.log', keras('0.5000'));
    t.is((await sandbox.run(...once, ...noReports)).exitCode, 0);
    const live = sandbox.database();
    rmSync(live);
    put(live);
    const copy = createSandbox(t);
    put(join(copy.root, 'results.db'));
    for (const { run } of [sandbox, copy])
      for (const command of [['runs'], ['note', 'exp', 'good'], ['export', '--format', 'csv']]) {
        const { exitCode, stderr } = await run(...command, '--root', 'root');
        t.true([66, 69, 74].includes(exitCode ?? 0), `${command.join(' ')}: exit code ${exitCode}: ${stderr}`);
        t.regex(stderr.trim().split('\n').at(-1) ?? '', /^tlw: /);
        t.notRegex(stderr, /fault of the program|^ {4}at /m);
      }
    t.true(readdirSync(dirname(live)).includes('tlw.db'));
  });
}
