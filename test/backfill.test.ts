import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { parseList, renderJobScript, renderList } from '../src/daemon/backfill/script.js';
import { cutShards, usualTasks } from '../src/daemon/backfill/shards.js';
import { bytesOfPath, textOfPath } from '../src/path-text.js';
import { createSandbox, type Sandbox } from './program.js';
import { storedRows } from './table-rows.js';

const fixture = 'keras-openmpi-one-rank';

test('every log is in one shard, and none has much more to do than another', (t) => {
  const logs = fc.uniqueArray(fc.record({ file: fc.string(), sizeBytes: fc.nat({ max: 1e9 }) }), {
    selector: ({ file }) => file,
    minLength: 1,
  });
  fc.assert(
    fc.property(logs, fc.integer({ min: 1, max: 9 }), (all, tasks) => {
      const shards = cutShards(all, tasks);
      t.is(shards.length, Math.min(tasks, all.length));
      const names = shards.flatMap((shard) => shard.logs.map(({ file }) => file));
      t.deepEqual(names.sort(), all.map(({ file }) => file).sort());
      const work = shards.map((shard) => shard.sizeBytes + 40_000_000 * shard.logs.length);
      const largest = Math.max(...all.map(({ sizeBytes }) => sizeBytes)) + 40_000_000;
      t.true(Math.max(...work) - Math.min(...work) <= largest);
    }),
  );
  t.deepEqual([0, 500, 501, 2000, 1e6].map(usualTasks), [1, 1, 2, 4, 1000]);
});

const oddNames = ['plain', "it's", '"quoted" $HOME `id`', '%j %a', 'two\nlines', 'back\\slash', 'ünï 🙂', ' -n'];

test('lists hold every name; lists by hand have one a line', (t) => {
  const names = [...oddNames, '\\xFF', textOfPath(Buffer.from([0x61, 0xff, 0x62]))];
  t.deepEqual(parseList(renderList(names)), names);
  t.deepEqual(parseList(Buffer.from('a/b.log\nc d.log\n')), ['a/b.log', 'c d.log']);
});

for (const odd of oddNames) {
  test(`a job script reads the logs of a root called ${JSON.stringify(odd)}`, (t) => {
    const sandbox = createSandbox(t);
    const root = join(sandbox.home, odd);
    const log = sandbox.addFixture(fixture);
    mkdirSync(join(root, odd), { recursive: true });
    execFileSync('cp', ['-p', log, join(root, odd, 'run.log')]);
    const folder = join(root, '.lists');
    mkdirSync(folder);
    writeFileSync(join(folder, 'shard-7'), renderList([`${odd}/run.log`]));
    const options = {
      jobName: 'x',
      tasks: 7,
      folder,
      root,
      prolog: 'echo "prolog of $SLURM_ARRAY_TASK_ID"',
      settings: [],
    };
    const script = renderJobScript({ ...options, node: process.execPath, program: join('build/src/cli.js') });
    const file = join(sandbox.home, 'job.sh');
    writeFileSync(file, bytesOfPath(script));
    execFileSync('bash', [file], { env: { ...sandbox.environment, SLURM_ARRAY_TASK_ID: '7' } });
    t.is(
      readFileSync(join(folder, 'task-7.txt'), 'utf8'),
      'prolog of 7\n1 logs read, 0 had their package already, 0 failed\n',
    );
    t.deepEqual(readdirSync(join(root, odd)).sort(), ['run.log', 'run.tlw.csv', 'run.tlw.json', 'run.tlw.pdf']);
  });
}

test('what several processes have read gives the rows that the watcher gives, and is not read again', async (t) => {
  const [alone, sandbox] = [withLogs(createSandbox(t)), withLogs(createSandbox(t))];
  const backfill = async () => (await sandbox.run('backfill', sandbox.root, '--local', '2')).stdout;
  t.is(await backfill(), '6 logs read, 0 had their package already, 0 failed');
  t.is(await backfill(), '');
  rmSync(join(sandbox.root, 'run_3/run_3.tlw.json'));
  const longer = `${readFileSync(join(sandbox.root, 'run_4/run_4.log'), 'utf8')}one more line\n`;
  for (const each of [alone, sandbox]) each.write('run_4/run_4.log', longer);
  t.is(await backfill(), '2 logs read, 0 had their package already, 0 failed');

  t.regex((await alone.run('watch', '--root', alone.root, '--once')).stdout, /^6 logs read, 18 files written/);
  // What the jobs have drawn is not drawn again.
  t.regex((await sandbox.run('watch', '--root', sandbox.root, '--once')).stdout, /^6 logs read, 0 files written/);
  t.deepEqual(storedRows(sandbox.database()), storedRows(alone.database()));
});

test('a log that cannot be read does not keep the others from being read', async (t) => {
  const sandbox = withLogs(createSandbox(t));
  const list = join(sandbox.home, 'list');
  writeFileSync(list, 'run_0/run_0.log\ngone/gone.log\nrun_1/run_1.log\n');
  const { exitCode, stdout, stderr } = await sandbox.run('parse', '--root', sandbox.root, '--beside', '--from', list);
  t.is(exitCode, 66);
  t.is(stdout, '2 logs read, 0 had their package already, 1 failed');
  t.is(stderr, `tlw: ${sandbox.root}/gone/gone.log: not there (ENOENT)`);
});

test('a package that was not written to its end, or of another state of the log, is written again', async (t) => {
  const sandbox = withLogs(createSandbox(t));
  const backfill = async () => (await sandbox.run('backfill', sandbox.root, '--local', '1')).stdout;
  await backfill();
  const file = join(sandbox.root, 'run_0/run_0.tlw.json');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.slice(0, -10));
  writeFileSync(join(sandbox.root, 'run_1/run_1.tlw.json'), text);
  t.regex(await backfill(), /^2 logs read/);
  t.is(readFileSync(file, 'utf8'), text);
});

test('a package that was made while its log still grew is written again', async (t) => {
  const sandbox = withLogs(createSandbox(t));
  const backfill = async () => (await sandbox.run('backfill', sandbox.root, '--local', '1')).stdout;
  await backfill();
  const file = join(sandbox.root, 'run_0/run_0.tlw.json');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/^"status": ".*",$/m, '"status": "running",'));
  t.not(readFileSync(file, 'utf8'), text);
  t.regex(await backfill(), /^1 logs read/);
  t.is(readFileSync(file, 'utf8'), text);
});

test('where there is no sbatch one line says so, and nothing is left behind', async (t) => {
  const sandbox = withLogs(createSandbox(t));
  const { exitCode, stderr } = await sandbox.start(['backfill', '--slurm', sandbox.root], {
    env: { ...sandbox.environment, PATH: '/nowhere' },
  });
  t.is(exitCode, 69);
  t.is(
    String(stderr),
    '6 finished logs without a package, 0 with one, 0 that may still grow\n' +
      'tlw: expected sbatch, as on a login node of a Slurm cluster, got a host without it; --local N does the same here\n',
  );
  t.false(existsSync(join(sandbox.root, '.tlw-backfill')));
});

test('what sbatch gets, what it refuses, and what a dry run shows', async (t) => {
  const sandbox = withLogs(createSandbox(t));
  const tools = join(sandbox.home, 'tools');
  mkdirSync(tools);
  const tool = (name: string, text: string): void => {
    writeFileSync(join(tools, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(tools, name), 0o755);
  };
  const run = (...words: string[]) =>
    sandbox.start(['backfill', sandbox.root, '--slurm', ...words], {
      env: { ...sandbox.environment, PATH: `${tools}${delimiter}${process.env.PATH}` },
    });
  tool('squeue', 'exit 0');
  tool('sacct', 'exit 1');
  tool('sbatch', `cp "$2" ${sandbox.home}/submitted; echo "$2" >${sandbox.home}/path; echo '77;cluster'`);
  const { stdout } = await run(
    '--tasks',
    '2',
    '--partition',
    'short',
    '--time',
    '30',
    '--prolog',
    'module load nodejs',
  );
  t.is(stdout, 'submitted as job 77: 2 tasks (tlw backfill --status shows how far they are)\n');
  const script = readFileSync(join(sandbox.home, 'submitted'), 'utf8');
  for (const line of ['#SBATCH --array=1-2', '#SBATCH --partition=short', '#SBATCH --time=30', 'module load nodejs'])
    t.true(script.includes(`\n${line}\n`), line);
  const folder = dirname(readFileSync(join(sandbox.home, 'path'), 'utf8').trim());
  const listed = ['shard-1', 'shard-2'].flatMap((name) => parseList(readFileSync(join(folder, name))));
  t.deepEqual(
    listed.sort(),
    [0, 1, 2, 3, 4, 5].map((n) => `run_${n}/run_${n}.log`),
  );

  tool('sbatch', 'echo "sbatch: error: invalid partition specified: x" >&2; exit 1');
  const refused = await run();
  t.is(refused.exitCode, 69);
  t.regex(String(refused.stderr), /tlw: sbatch did not take the job: sbatch: error: invalid partition specified: x\n$/);
  tool('squeue', 'echo "78_1 RUNNING"');
  t.regex(String((await run()).stderr), /job 78 is a backfill of it that is not over/);
  t.regex(String((await run('--time', '30 --wrap=x')).stderr), /--time: expected a word as sbatch knows it/);

  const dry = await run('--dry-run', '--tasks', '2');
  t.regex(
    String(dry.stdout),
    /^#!\/usr\/bin\/env bash\n#SBATCH --job-name=tlw-backfill-[0-9a-f]{8}\n#SBATCH --array=1-2\n/,
  );
  t.is(String(dry.stdout).match(/^ {2}run_\d\/run_\d\.log$/gm)?.length, 6);
});

/** Six experiments that do not have the same content. */
function withLogs(sandbox: Sandbox): Sandbox {
  for (let n = 0; n < 6; n++) {
    const log = readFileSync(`test/fixtures/experiments/${fixture}/${fixture}.log`, 'utf8');
    sandbox.write(`run_${n}/run_${n}.log`, `run ${n}\n${log}`);
  }
  return sandbox;
}
