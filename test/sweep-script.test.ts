import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { parseHyperparameters } from '../src/hyperparameters.js';
import { send } from './faults/processes.js';

const script = path.resolve('examples/run_experiments.sh');
const pattern =
  'ppn_{ppn}-cps_{cps}-intra_{intra}-inter_{inter}-bt_{bt}-img_{img}-lr_{lr}-mom_{mom}-bs_{bs}-dpout_{dpout}';

test('a dry run prints every command and creates nothing', async (t) => {
  const { run, folder } = await sweep(t);
  const { stdout } = await run(['--dry-run', '--hosts', 'a,b']);
  t.is(stdout.split('\n').filter((line) => line.startsWith('train mpirun --tag-output ')).length, 48);
  t.true(stdout.includes('-H a,b --map-by ppr:2:socket:pe=12'));
  t.true(stdout.includes('--dropout 0.5 0.3'));
  t.true(stdout.includes('OUTPUTS/experiments_2_nodes/'));
  t.deepEqual(await readdir(folder), []);
});

test('each experiment gets its folder and its log, and one that fails does not end the sweep', async (t) => {
  const { run, folder } = await sweep(t);
  const { stdout } = await run([]);
  const root = path.join(folder, 'OUTPUTS', 'experiments_1_nodes');
  const names = (await readdir(root)).filter((name) => name !== 'skipped.txt');
  t.is(names.length, 48);
  for (const name of names) {
    t.regex(await readFile(path.join(root, name, `${name}.log`), 'utf8'), /^\[1,0\]<stdout>:Epoch 1\/1$/m);
    t.is(parseHyperparameters(name, [pattern], new Set()).length, 10, name);
  }
  t.true(
    stdout.endsWith(
      '48 experiments run, 16 of them failed; 0 were there already (see OUTPUTS/experiments_1_nodes/skipped.txt)',
    ),
  );
});

test('folders that are there are skipped and reported', async (t) => {
  const { run, folder } = await sweep(t);
  await run([]);
  const root = path.join(folder, 'OUTPUTS', 'experiments_1_nodes');
  const names = (await readdir(root)).filter((name) => name !== 'skipped.txt').sort();
  const [gone = '', ...kept] = names;
  await rm(path.join(root, gone), { recursive: true });
  const { stdout } = await run([]);
  t.true(stdout.includes('1 experiments run'));
  t.deepEqual((await readFile(path.join(root, 'skipped.txt'), 'utf8')).trim().split('\n').sort(), kept);
});

test('each log is read where it was written, also after a failure', async (t) => {
  const { run, folder, calls } = await sweep(t);
  await run([]);
  const root = path.join(folder, 'OUTPUTS', 'experiments_1_nodes');
  const names = (await readdir(root)).filter((name) => name !== 'skipped.txt');
  const orders = names.map((name) => {
    const place = `OUTPUTS/experiments_1_nodes/${name}`;
    return `parse ${place}/${name}.log --root OUTPUTS --out ${place}`;
  });
  t.deepEqual((await calls()).sort(), orders.sort());
});

const jobScript = path.resolve('examples/train.sbatch');
for (const [how, program, exitCode] of [
  ['succeeds', 'exit 0', 0],
  ['fails', 'exit 3', 3],
  // As Slurm ends a job whose time is nearly over: the script hears it, the training does not.
  ['is told to end', 'kill -TERM $(cat pid); while :; do sleep 0.1; done', 143],
] as const) {
  test(`a job that ${how} has read its log`, async (t) => {
    const { folder, tools, env, calls } = await sweep(t);
    await writeFile(path.join(tools, 'mpirun'), `#!/bin/sh\necho "[1,0]<stdout>:Epoch 1/1"\n${program}\n`);
    const start = `echo $$ >pid; exec bash ${jobScript} lr_0.1`;
    // A group of its own: the training that hears nothing ends with the test.
    const job = execa('bash', ['-c', start], { cwd: folder, env, reject: false, detached: true });
    t.teardown(() => endGroup(job.pid));
    t.is((await job).exitCode, exitCode);
    const place = 'OUTPUTS/experiments_1_nodes/lr_0.1';
    t.deepEqual(await calls(), [`parse ${place}/lr_0.1.log --root OUTPUTS --out ${place}`]);
    t.true((await readFile(path.join(folder, place, 'lr_0.1.log'), 'utf8')).includes('Epoch 1/1'));
  });
}

test('repeats get an ending each', async (t) => {
  const { run } = await sweep(t);
  const { stdout } = await run(['--dry-run', '--repeats', '2']);
  t.true(stdout.includes('-dpout_0.5-rep_1.log'));
  t.true(stdout.endsWith('96 experiments would run, 0 are there already'));
});

for (const [args, message] of [
  [['--outputs'], '--outputs needs a value'],
  [['--repeats', '0'], "--repeats: expected a number from 1, got '0'"],
  [['--what'], 'unknown option --what'],
] as const) {
  test(`${args.join(' ')} is refused`, async (t) => {
    const { run } = await sweep(t);
    const { exitCode, stderr } = await run(args);
    t.is(exitCode, 64);
    t.true(stderr.includes(message), stderr);
  });
}

const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;
const testWithShellcheck = hasShellcheck ? test : test.skip;
testWithShellcheck('shellcheck has nothing to say about the shell scripts', async (t) => {
  const { stdout: listed } = await execa('git', ['ls-files', '*.sh', '*.sbatch', '.ci/run']);
  const { stdout } = await execa('shellcheck', ['--severity=warning', ...listed.split('\n')], { reject: false });
  t.is(stdout, '');
});

/** Ends what is left of a process group. */
function endGroup(leader: number | undefined): void {
  if (leader !== undefined) send(-leader, 'SIGKILL');
}

/** A folder in which the sweep runs, with an mpirun that prints one line and fails at one learning rate. */
async function sweep(t: ExecutionContext) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tlw-sweep-'));
  const tools = await mkdtemp(path.join(os.tmpdir(), 'tlw-tools-'));
  t.teardown(() => Promise.all([folder, tools].map((made) => rm(made, { recursive: true }))));
  const mpirun = path.join(tools, 'mpirun');
  await writeFile(mpirun, '#!/bin/sh\necho "[1,0]<stdout>:Epoch 1/1"\ncase $* in *1e-05*) exit 1 ;; esac\n');
  await chmod(mpirun, 0o755);
  await writeFile(path.join(tools, 'tlw'), `#!/bin/sh\necho "$*" >>${tools}/calls\n`);
  await chmod(path.join(tools, 'tlw'), 0o755);
  const calls = async () => (await readFile(path.join(tools, 'calls'), 'utf8')).trim().split('\n');
  const env = { PATH: `${tools}${path.delimiter}${process.env.PATH ?? ''}` };
  const run = (args: readonly string[]) => execa('bash', [script, ...args], { cwd: folder, env, reject: false });
  return { run, folder, tools, env, calls };
}
