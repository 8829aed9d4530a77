/** Each form in which a launcher, or a layer around one, marks whose line it is: one case a form, all read alike. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import type { Run } from '../src/experiment.js';
import { parseExperiment } from '../src/log/parse-experiment.js';
import type { ParseOptions } from '../src/log/parse-log.js';

const folder = mkdtempSync(path.join(tmpdir(), 'launcher-forms-'));
test.after.always(() => rmSync(folder, { recursive: true }));

const ranks = [0, 1, 2];
const ctime = 'Thu Jun 18 14:28:38 2020';
const printed = (rank: number, epoch: number): string => (epoch + rank / 10).toFixed(4);

/** What a rank prints, line by line. */
const linesOf = (rank: number): string[] =>
  [1, 2].flatMap((epoch) => [
    `Epoch ${epoch}/2`,
    `13/13 - 1s - loss: ${printed(rank, epoch)} - val_loss: ${printed(rank, epoch)}`,
  ]);

/** The lines of all ranks, one after the other, each as a form has it. */
const woven = (form: (rank: number, line: string) => string, who: readonly number[] = ranks): string =>
  linesOf(0)
    .flatMap((_, at) => who.map((rank) => form(rank, linesOf(rank)[at] ?? '')))
    .join('');

const cloudWatch = (text: string): string =>
  `\x1b[34m${text.replace(/[\b\t\r\x1b]/g, (code) => `#0${code.charCodeAt(0).toString(8).padStart(2, '0')}`)}\x1b[0m\n`;

interface Form {
  readonly launcher: Run['launcher'];
  readonly log: string;
  readonly options?: ParseOptions;
  /** Numbers of the ranks that print; 0, 1, 2 where absent. */
  readonly numbers?: readonly number[];
}

const tags = (tag: (rank: number) => string): string => woven((rank, line) => `${tag(rank)}${line}\n`);

/** A line in two chunks, each with a time and no rank. */
const stamped = (line: string): string =>
  `${ctime}<stdout>:${line.slice(0, 9)}${line.length > 9 ? `${ctime}<stdout>:${line.slice(9)}` : ''}\n`;

const forms: Readonly<Record<string, Form>> = {
  'Open MPI 4': { launcher: 'openmpi', log: tags((rank) => `[1,${rank}]<stdout>:`) },
  'Open MPI 4, time stamps': { launcher: 'openmpi', log: tags((rank) => `${ctime}[1,${rank}]<stdout>:`) },
  'Open MPI 4, time stamps alone': { launcher: 'none', log: woven((_, line) => stamped(line), [0]), numbers: [0] },
  'Open MPI 5, time stamps alone': {
    launcher: 'none',
    log: woven((_, line) => `[${ctime}]<stdout>: ${line}\n`, [0]),
    numbers: [0],
  },
  'Open MPI 4, a job of MPI_Comm_spawn': { launcher: 'openmpi', log: tags((rank) => `[2,${rank}]<stdout>:`) },
  'Open MPI 4, XML': {
    launcher: 'openmpi',
    log: `<mpirun>\n${woven((rank, line) => `<stdout rank="${rank}">${line}&#010;</stdout>\n`)}</mpirun>\n`,
  },
  'Open MPI 4, XML, elements of several chunks in a line': {
    launcher: 'openmpi',
    log: woven(
      (rank, line) =>
        `<stdout rank="${rank}">${line.slice(0, 9)}</stdout><stdout rank="${rank}">${line.slice(9)}&#010;</stdout>\n`,
    ),
  },
  'Open MPI 5, tag': { launcher: 'prrte', log: tags((rank) => `[1,${rank}]<stdout>: `) },
  'Open MPI 5, tag-detailed': { launcher: 'prrte', log: tags((rank) => `[1,${rank}][node:${rank}1]<stdout>: `) },
  'Open MPI 5, tag-fullname': { launcher: 'prrte', log: tags((rank) => `[prterun-node-9@1,${rank}]<stdout>: `) },
  'Open MPI 5, rank': { launcher: 'prrte', log: tags((rank) => `[${rank}]<stdout>: `) },
  'Open MPI 5, time stamp and tag': { launcher: 'prrte', log: tags((rank) => `[${ctime}][1,${rank}]<stdout>: `) },
  'PMIx 4.1, time stamp and tag': {
    launcher: 'prrte',
    log: tags((rank) => `${ctime}[prterun-n-9@1,${rank}]<stdout>: `),
  },
  'Open MPI 5, XML': {
    launcher: 'openmpi',
    log: woven((rank, line) => `<stdout jobid="1" rank="${rank}">${line}&#010;</stdout>\n`),
  },
  'Open MPI 5, XML with a time stamp': {
    launcher: 'openmpi',
    log: woven((rank, line) => `<stdout rank="${rank}" timestamp="${ctime}">${line}&#010;</stdout>\n`),
  },
  'PMIx 4.1, XML': {
    launcher: 'openmpi',
    log: woven((rank, line) => `<stdout nspace="prterun-n-9@1" rank="${rank}">${line}&#010;</stdout>\n`),
  },
  'horovodrun, Gloo': { launcher: 'horovodrun', log: tags((rank) => `[${rank}]<stdout>:`) },
  'horovodrun, Gloo, time': { launcher: 'horovodrun', log: tags((rank) => `${ctime}[${rank}]<stdout>:`) },
  SageMaker: { launcher: 'sagemaker', log: tags((rank) => `[1,mpirank:${rank},algo-${rank + 1}]<stdout>:`) },
  'MPICH -l': { launcher: 'mpich', log: tags((rank) => `[${rank}] `) },
  'MPICH -prepend-pattern, by the config': {
    launcher: 'custom',
    log: tags((rank) => `${rank}@node: `),
    options: { rankPrefix: '^(?<rank>\\d+)@[\\w.-]+: ' },
  },
  'srun --label': { launcher: 'srun', log: tags((rank) => `${rank}: `) },
  'srun --label of many tasks': {
    launcher: 'srun',
    log: woven((rank, line) => `${String(rank).padStart(3)}: ${line}\n`, [0, 99, 100]),
    numbers: [0, 99, 100],
  },
  'srun --label of a heterogeneous job': {
    launcher: 'srun',
    log: woven((rank, line) => `P${rank < 2 ? 0 : 1} ${rank < 2 ? rank : 0}: ${line}\n`),
  },
  'torchrun --tee': { launcher: 'torchrun', log: tags((rank) => `[default${rank}]:`) },
  'torchrun with a role': { launcher: 'torchrun', log: tags((rank) => `[trainer${rank}]:`) },
  'torchrun with the rank in its prefix': { launcher: 'torchrun', log: tags((rank) => `[default0|${rank}]:`) },
  'a program’s [rank1]:': { launcher: 'torchrun', log: tags((rank) => `[rank${rank}]: `) },
  'srun around torchrun': {
    launcher: 'torchrun',
    log: woven((rank, line) => `${rank >> 1}: [default${rank & 1}]:${line}\n`, [0, 1, 2, 3]),
    numbers: [0, 1, 2, 3],
  },
  'srun around torchrun, where only a few ranks print': {
    launcher: 'torchrun',
    log: woven((rank, line) => `${rank === 0 ? 40 : 45}: [default7]:${line}\n`, [0, 1]),
    numbers: [40_007, 45_007],
  },
  'srun around mpirun': { launcher: 'openmpi', log: tags((rank) => `0: [1,${rank}]<stdout>:`) },
  Airflow: {
    launcher: 'openmpi',
    log: tags((rank) => `[2021-05-14 19:43:45,087] {bash.py:173} INFO - [1,${rank}]<stdout>:`),
  },
  'Airflow 2.5': {
    launcher: 'openmpi',
    log: tags((rank) => `[2023-05-14T19:43:45.087+0000] {subprocess.py:93} INFO - [1,${rank}]<stdout>:`),
  },
  'docker compose': {
    launcher: 'openmpi',
    log: tags((rank) => `\x1b[36malgo-1-biljy_1  |\x1b[0m [1,${rank}]<stdout>:`),
  },
  'docker compose without colours': {
    launcher: 'openmpi',
    log: tags((rank) => `algo-1-biljy_1  | [1,${rank}]<stdout>:`),
  },
  CloudWatch: { launcher: 'openmpi', log: woven((rank, line) => cloudWatch(`[1,${rank}]<stdout>:\r${line}\r`)) },
  'kubectl logs --timestamps': {
    launcher: 'openmpi',
    log: tags((rank) => `2024-05-01T10:00:00.123456789Z [1,${rank}]<stdout>:`),
  },
  'a file of containerd': {
    launcher: 'openmpi',
    log: tags((rank) => `2024-05-01T10:00:00.123456789Z stdout F [1,${rank}]<stdout>:`),
  },
  'kubectl time stamps around srun around torchrun': {
    launcher: 'torchrun',
    log: woven(
      (rank, line) => `2024-05-01T10:00:00.123456Z ${rank >> 1}: [default${rank & 1}]:${line}\n`,
      [0, 1, 2, 3],
    ),
    numbers: [0, 1, 2, 3],
  },
  'nohup, CR LF': {
    launcher: 'openmpi',
    log: `nohup: ignoring input\r\n${woven((rank, line) => `[1,${rank}]<stdout>:${line}\r\n`)}`,
  },
  'script(1)': {
    launcher: 'openmpi',
    log: `Script started on 2024-05-01 10:00:00+00:00 [TERM="xterm"]\r\n${woven((rank, line) => `[1,${rank}]<stdout>:${line}\r\n`)}\r\nScript done on 2024-05-01 10:09:00+00:00 [COMMAND_EXIT_CODE="0"]\r\n`,
  },
};

for (const [name, { launcher, log, options, numbers = ranks }] of Object.entries(forms)) {
  test(`${name} is told and read`, (t) => {
    const file = path.join(folder, `${name.replaceAll(/\W+/g, '-')}.txt`);
    writeFileSync(file, log);
    const run = parseExperiment(file, options);
    t.is(run.launcher, launcher);
    t.deepEqual(figuresOf(run), expected(numbers));
    for (const { epochs } of run.ranks)
      for (let row = 0; row < epochs.length; row += 1) {
        const text = readFileSync(file, 'latin1').slice(epochs.offset[row]);
        t.regex(text.replaceAll(`${ctime}<stdout>:`, ''), /^ ?13\/13 - /, 'an offset leads to its record');
      }
  });
}

const [header = '', ...recordsOfTwo] = linesOf(0);
const untagged: Readonly<Record<string, readonly string[]>> = {
  // One header more is what TensorFlow 2.1 prints for a validation, but then in each epoch.
  'one prints all of its rest before the other': [header, header, ...recordsOfTwo, ...linesOf(1).slice(1)],
  'one ends before it prints a record': [header, header, ...recordsOfTwo],
};
for (const [name, lines] of Object.entries(untagged)) {
  test(`ranks without tags are nobody’s: ${name}`, (t) => {
    const file = path.join(folder, 'untagged.txt');
    writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
    const run = parseExperiment(file);
    t.deepEqual(
      run.ranks.map(({ rank }) => rank),
      [null],
    );
    t.regex(run.receipt.notes.join(), /several ranks wrote this log without rank tags/);
  });
}

test('MPICH: a bar that a rank interrupted, and behind which its own warning stands, says whose the pieces are', (t) => {
  const bar = (step: number): string => `\r${step}/13 [=>............................] - ETA: 1s - loss: 0.5000`;
  const warning = (rank: number): string => `[${rank}] /opt/train.py:9: UserWarning: slow\n`;
  const back = '\b'.repeat(bar(1).length - 1);
  const [[, first], [, second]] = [linesOf(0), linesOf(1)];
  const file = path.join(folder, 'mpich-bar.txt');
  const begin = `[0] Epoch 1/2\n${warning(0)}[1] Epoch 1/2\n${warning(1)}`;
  const pieces = `[1] ${bar(1)}[0] ${bar(1)}[1] ${back}${bar(2)}[0] ${back}${bar(3)}[1] W[1] ARN: half a line\n${warning(0)}`;
  writeFileSync(file, `${begin}${pieces}[0] ${back}\r${first}\n[1] ${back}\r${second}\n[0] Epoch 2/2\n[1] Epoch 2/2\n`);
  const run = parseExperiment(file);
  t.is(run.receipt.quarantined, 0);
  t.deepEqual(
    figuresOf(run).filter((row) => row.includes(': 1 ')),
    [`0: 1 ${printed(0, 1)}`, `1: 1 ${printed(1, 1)}`],
  );
});

/** What a loop's logger prints for each epoch. */
const loggedBy = (rank: number): string[] =>
  [1, 2].map(
    (epoch) => `2026-11-23 05:30:53,123 [INFO] trainer: Epoch ${epoch}/2 | train/loss: ${printed(rank, epoch)}`,
  );
const cuts: Readonly<Record<string, readonly [blanks: number, lines: (rank: number) => string[]]>> = {
  'in a character': [5, linesOf],
  'in its description, and behind it stands a logger’s line': [7, (rank) => ['start', ...loggedBy(rank)]],
};
for (const [name, [blanks, linesBy]] of Object.entries(cuts)) {
  test(`srun: a bar that was cut ${name} goes on behind a line of the task’s other stream`, (t) => {
    const update = `\rEpoch 1/2: ${' '.repeat(blanks)}${'█'.repeat(10)}| 5/13 [00:01<00:01, 4.9it/s]`;
    const bar = Buffer.from(`${update.repeat(20)}\n`);
    t.is(/^[\x80-\xbf]/.test(bar.toString('latin1', 1024)), blanks === 5);
    const lines = (rank: number): Buffer[] => {
      const [first, second, ...others] = linesBy(rank);
      const label = Buffer.from(`${rank}: `);
      return [
        ...[label, Buffer.from(`${first}\n`), label, bar.subarray(0, 1024), Buffer.from('\n')],
        ...[label, Buffer.from(`${second}\n`), label, bar.subarray(1024)],
        ...others.flatMap((line) => [label, Buffer.from(`${line}\n`)]),
      ];
    };
    const file = path.join(folder, 'srun-cut.txt');
    writeFileSync(file, Buffer.concat([...lines(0), ...lines(1)]));
    const run = parseExperiment(file);
    t.is(run.launcher, 'srun');
    t.deepEqual(figuresOf(run), expected([0, 1]));
  });
}

const files: Readonly<Record<string, (rank: number) => string>> = {
  'mpirun --output-filename': (rank) => `logs/1/rank.${rank}/stdout`,
  'prterun --output dir=': (rank) => `logs/prterun-node-9@1/rank.${rank}/stdout`,
  'torchrun --log-dir': (rank) => `logs/none_abc/attempt_0/${rank}/stdout.log`,
  'a program’s own': (rank) => `rank-${rank}.log`,
  'srun -o slurm-%j_%t.out': (rank) => `slurm-77_${rank}.out`,
};

for (const [name, place] of Object.entries(files)) {
  for (const hasTags of [false, true]) {
    test(`files of single ranks, ${name}${hasTags ? ', with tags in them' : ''}`, (t) => {
      const root = mkdtempSync(path.join(folder, 'files-'));
      for (const rank of ranks) {
        const file = path.join(root, place(rank));
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(
          file,
          linesOf(rank)
            .map((line) => `${hasTags ? `[1,${rank}]<stdout>:` : ''}${line}\n`)
            .join(''),
        );
      }
      const log = path.join(root, 'run.log');
      writeFileSync(log, 'starting\n');
      t.deepEqual(figuresOf(parseExperiment(log)), expected(ranks));
    });
  }
}

/** Rank, epoch and loss of every row. */
function figuresOf(run: Run): string[] {
  return run.ranks.flatMap(({ rank, epochs }) =>
    [...epochs.epoch].map((epoch, row) => `${rank}: ${epoch} ${epochs.metrics.get('loss')?.values[row]?.toFixed(4)}`),
  );
}

function expected(numbers: readonly number[]): string[] {
  return numbers.flatMap((number, rank) => {
    // Ranks that stand side by side print as 0 and 1, those of three tasks under their own numbers.
    const who = number >= 10_000 ? rank : number;
    return [1, 2].map((epoch) => `${number}: ${epoch} ${printed(who, epoch)}`);
  });
}
