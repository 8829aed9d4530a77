/** Texts are the launchers', schedulers' and Python's own, by their printed formats. */
import test from 'ava';
import type { RankEnd } from '../src/experiment.js';
import { createEndReader } from '../src/log/ends.js';
import type { LogEvent } from '../src/log/event.js';

type Told = readonly [status: RankEnd['status'], rank: number | null, reason: RegExp];

/** What the lines of one stream tell, as status, rank and reason. */
function read(
  text: string,
  stream: 'stdout' | 'stderr' | 'launcher' = 'launcher',
  rank: number | null = null,
): LogEvent[] {
  const reader = createEndReader();
  return text.split('\n').flatMap((line) => reader.line(line, stream, rank) ?? []);
}

const cases: readonly (readonly [string, string, readonly Told[]])[] = [
  [
    'Open MPI 4: exit code',
    `--------------------------------------------------------------------------
Primary job  terminated normally, but 1 process returned
a non-zero exit code. Per user-direction, the job has been aborted.
--------------------------------------------------------------------------
--------------------------------------------------------------------------
mpirun detected that one or more processes exited with non-zero status, thus causing
the job to be terminated. The first process to do so was:

  Process name: [[3309,1],1]
  Exit code:    3
--------------------------------------------------------------------------`,
    [['failed', 1, /^rank 1 exited with code 3$/]],
  ],
  [
    'Open MPI 5: exit code of a killed process',
    `prterun detected that one or more processes exited with non-zero status,
thus causing the job to be terminated. The first process to do so was:

   Process name: [prterun-vm-26247@1,2]
   Exit code:    137`,
    [['killed', 2, /code 137/]],
  ],
  [
    'Open MPI 4: signal',
    'mpirun noticed that process rank 1 with PID 0 on node vm exited on signal 9 (Killed).',
    [['killed', 1, /^mpirun noticed that process rank 1 .* signal 9 \(Killed\)\.$/]],
  ],
  [
    'Open MPI 5: signal in the next line',
    'prterun noticed that process rank 3 with PID 26254 on node vm exited on\nsignal 11 (Segmentation fault).',
    [['failed', 3, /^prterun noticed .* exited on signal 11 \(Segmentation fault\)\.$/]],
  ],
  [
    'MPI_Abort',
    'MPI_ABORT was invoked on rank 2 in communicator MPI_COMM_WORLD\nwith errorcode 1.',
    [['failed', 2, /^MPI_ABORT was invoked on rank 2/]],
  ],
  [
    'MPICH: MPI_Abort',
    'Abort(1) on node 0 (rank 3 in comm 0): application called MPI_Abort(MPI_COMM_WORLD, 1) - process 3',
    [['failed', 3, /application called MPI_Abort/]],
  ],
  [
    'MPICH: signal',
    `===================================================================================
=   BAD TERMINATION OF ONE OF YOUR APPLICATION PROCESSES
=   PID 25471 RUNNING AT vm
=   EXIT CODE: 9
=   CLEANING UP REMAINING PROCESSES
===================================================================================
YOUR APPLICATION TERMINATED WITH THE EXIT STRING: Killed (signal 9)`,
    [['killed', null, /Killed \(signal 9\)$/]],
  ],
  [
    'Intel MPI: signal',
    '=   RANK 0 PID 5490 RUNNING AT gn59\n=   KILLED BY SIGNAL: 11 (Segmentation fault)',
    [['failed', null, /11/]],
  ],
  ['Intel MPI: exit code', '=   EXIT STATUS: 1', [['failed', null, /EXIT STATUS: 1/]]],
  ['Horovod with Gloo', 'Process 6 exit with status code 139.', [['failed', 6, /139/]]],
  [
    'Horovod: the first process',
    `RuntimeError: Horovod detected that one or more processes exited with non-zero status, thus causing the job to be terminated. The first process to do so was:
Process name: frontier06965[1]
Exit code: 137`,
    [['killed', 1, /code 137/]],
  ],
  [
    'torchrun: killed',
    `torch.distributed.elastic.multiprocessing.errors.ChildFailedError:
============================================================
train.py FAILED
------------------------------------------------------------
Failures:
[1]:
  time      : 2026-11-23_05:30:44
  host      : vm
  rank      : 0 (local_rank: 0)
  exitcode  : 1 (pid: 208584)
------------------------------------------------------------
Root Cause (first observed failure):
[0]:
  time      : 2026-11-23_05:30:44
  host      : vm
  rank      : 2 (local_rank: 2)
  exitcode  : -9 (pid: 208585)
  error_file: <N/A>
  traceback : Signal 9 (SIGKILL) received by PID 208585`,
    [['killed', 2, /^rank 2 exited with code -9$/]],
  ],
  [
    'DeepSpeed: failed',
    '[2025-08-15 21:14:00,429] [ERROR] [launch.py:322:sigkill_handler] [..] exits with return code = 1',
    [['failed', null, /return code = 1/]],
  ],
  [
    'DeepSpeed: done',
    '[2025-08-15 21:15:00,000] [INFO] [launch.py:351:main] Process 557234 exits successfully.',
    [['completed', null, /exits successfully/]],
  ],
  [
    'Slurm: time limit, behind an unfinished bar',
    '3/13 [=====>....] - ETA: 0s - loss: 0.5slurmstepd: error: *** JOB 123 ON node01 CANCELLED AT 2022-04-14T16:20:46 DUE TO TIME LIMIT ***',
    [['killed', null, /^slurmstepd: error: \*\*\* JOB 123 /]],
  ],
  [
    'Slurm: cancel',
    'slurmstepd: error: *** JOB 123 ON node01 CANCELLED AT 2022-04-14T16:20:46 ***',
    [['killed', null, /CANCELLED/]],
  ],
  [
    'Slurm 25: signal',
    'slurmstepd-node01: error: *** STEP 123.0 ON node01 CANCELLED AT 2025-04-14T16:20:46 DUE to SIGNAL Terminated ***',
    [['killed', null, /SIGNAL/]],
  ],
  [
    'Slurm: preemption',
    'slurmstepd: error: *** STEP 123.0 ON n CANCELLED AT 2022-04-14T16:20:46 DUE TO PREEMPTION ***',
    [['killed', null, /PREEMPTION/]],
  ],
  [
    'Slurm: node failure',
    'slurmstepd: error: *** JOB 1 ON n CANCELLED AT 2022 DUE TO NODE FAILURE, SEE SLURMCTLD LOG FOR DETAILS ***',
    [['killed', null, /NODE FAILURE/]],
  ],
  [
    'Slurm: failed job',
    'slurmstepd: error: *** JOB 1 ON n FAILED (non-zero exit code or other failure mode) ***',
    [['failed', null, /FAILED/]],
  ],
  [
    'Slurm: out of memory',
    'slurmstepd: error: Detected 1 oom-kill event(s) in StepId=684752.batch cgroup.',
    [['killed', null, /oom-kill/]],
  ],
  [
    'Slurm 23: out of memory',
    'slurmstepd: error: Detected 2 oom_kill events in StepId=684752.0. Some of the step tasks have been OOM Killed.',
    [['killed', null, /oom_kill/]],
  ],
  ['srun: exit code', 'srun: error: node01: task 3: Exited with exit code 1', [['failed', 3, /task 3/]]],
  ['srun: several tasks', 'srun: error: vm: tasks 0-1: Exited with exit code 1', [['failed', 0, /tasks 0-1/]]],
  ['srun: killed', 'srun: error: node01: tasks 0-3: Killed', [['killed', 0, /Killed/]]],
  ['srun: out of memory', 'srun: error: node01: task 5: Out Of Memory', [['killed', 5, /Out Of Memory/]]],
  [
    'srun: the others are killed because one failed',
    `srun: error: node01: task 1: Exited with exit code 1
srun: Terminating StepId=12.0
slurmstepd: error: *** STEP 12.0 ON node01 CANCELLED AT 2022-04-14T16:20:46 ***
srun: error: node01: task 0: Killed
srun: error: node01: task 2: Terminated`,
    [['failed', 1, /task 1/]],
  ],
  [
    'LSF: time limit',
    'TERM_RUNLIMIT: job killed after reaching LSF run time limit.\nExited with exit code 140.',
    [
      ['killed', null, /TERM_RUNLIMIT/],
      ['failed', null, /140/],
    ],
  ],
  ['LSF: done', 'Successfully completed.', [['completed', null, /Successfully/]]],
  ['PBS: walltime', '=>> PBS: job killed: walltime 3610 exceeded limit 3600', [['killed', null, /walltime/]]],
  [
    'a shell: killed',
    '/var/spool/job.sh: line 12: 12739 Killed                  python train.py',
    [['killed', null, /Killed +python|Killed python/]],
  ],
  [
    'a shell: segmentation fault',
    'run.sh: line 4: 12739 Segmentation fault      (core dumped) python train.py',
    [['failed', null, /Segmentation fault/]],
  ],
  [
    'a signal handler',
    '[node01:208] *** Process received signal ***\n[node01:208] Signal: Segmentation fault (11)',
    [['failed', null, /Signal: Segmentation fault \(11\)/]],
  ],
  ['nothing of it', 'Saving checkpoint, error rate 0.5\nno process was killed\nexit', []],
];

for (const [what, text, expected] of cases) {
  test(what, (t) => {
    const told = read(text);
    t.is(told.length, expected.length, JSON.stringify(told));
    for (const [index, [status, rank, reason]] of expected.entries()) {
      const end = told[index];
      if (end?.kind !== 'end') return t.fail();
      t.is(end.status, status);
      t.is(end.rank ?? null, rank);
      t.regex(end.reason ?? '', reason);
    }
  });
}

const traceback = `Traceback (most recent call last):
  File "/home/user/train.py", line 47, in <module>
    main()
    ~~~~^^
  File "/home/user/train.py", line 12, in main
    raise RuntimeError(
`;
const tracebacks: readonly (readonly [string, string, string | null, RegExp])[] = [
  [
    'an exception',
    `${traceback}RuntimeError: mat1 and mat2 shapes cannot be multiplied`,
    'failed',
    /^RuntimeError: mat1/,
  ],
  [
    'without its header, which was lost in a bar',
    `${traceback.slice(traceback.indexOf('\n') + 1)}ValueError: no`,
    'failed',
    /^ValueError: no$/,
  ],
  ['of a module', `${traceback}horovod.common.exceptions.HorovodInternalError: stalled`, 'failed', /^horovod/],
  ['without a message', `${traceback}AssertionError`, 'failed', /^AssertionError$/],
  [
    'out of memory on the GPU',
    `${traceback}torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB`,
    'killed',
    /CUDA out of memory/,
  ],
  ['out of memory', `${traceback}MemoryError`, 'killed', /MemoryError/],
  ['interrupted', `${traceback}KeyboardInterrupt`, 'killed', /KeyboardInterrupt/],
  [
    'ignored by Python',
    `Exception ignored in: <function Pool.__del__ at 0x7f>\n${traceback}AttributeError: 'NoneType'`,
    null,
    /./,
  ],
  ['in a thread', `Exception in thread Thread-3 (run):\n${traceback}ValueError: x`, null, /./],
  ['cut off', traceback, null, /./],
];

for (const [what, text, status, reason] of tracebacks) {
  test(`a traceback: ${what}`, (t) => {
    const told = read(text, 'stderr', 1);
    t.deepEqual(
      told.map((event) => (event.kind === 'end' ? event.status : event.kind)),
      status === null ? [] : [status],
    );
    for (const event of told) t.regex((event.kind === 'end' && event.reason) || '', reason);
  });
}

test('a traceback with the prefix of torch names its rank', (t) => {
  const text = `${traceback}ValueError: bad`.replaceAll(/^/gm, '[rank3]: ');
  t.deepEqual(read(text, 'stderr', 0), [{ kind: 'end', status: 'failed', reason: 'ValueError: bad', rank: 3 }]);
});

test('a traceback through code that a program made, and with what else was printed between, tells its exception', (t) => {
  const told = read(
    `Traceback (most recent call last):
  File "train.py", line 180, in <module>
    model.fit(x, y)
  File "/tmp/__autograph_generated_file.py", line 15, in tf__train_function
    retval_ = ag__.converted_call(step_function)
^^^^^^^^^^^^^^^^^^^^^^^^^
saving checkpoint 3
ValueError: in user code:

    File "keras/engine/training.py", line 1401, in train_function  *
        return step_function(self, iterator)

    ValueError: not a valid name`,
    'stderr',
    0,
  );
  t.is(told.length, 1);
  t.like(told[0], { kind: 'end', status: 'failed', reason: 'ValueError: in user code:' });
});

test('a loop that says that its training is finished has completed', (t) => {
  for (const line of ['Finished Training', 'Training complete!', '=== training finished ==='])
    t.like(read(line, 'stdout', 0)[0], { kind: 'end', status: 'completed' }, line);
  t.deepEqual(read('Training finished for fold 1 of 5', 'stdout', 0), []);
});

test('tracebacks of two ranks at once do not mix', (t) => {
  const reader = createEndReader();
  const ends: LogEvent[] = [];
  const lines = `${traceback}ValueError: of RANK`.split('\n');
  for (const line of lines) {
    for (const rank of [0, 1])
      ends.push(...[reader.line(line.replace('RANK', `${rank}`), 'stderr', rank) ?? []].flat());
  }
  t.deepEqual(
    ends.map((end) => end.kind === 'end' && end.reason),
    ['ValueError: of 0', 'ValueError: of 1'],
  );
});

test('a rank that dies because its peer was killed does not hide that', (t) => {
  const reader = createEndReader();
  for (const line of `${traceback}RuntimeError: Connection closed by peer [10.0.0.1]:1`.split('\n'))
    reader.line(line, 'stderr', 0);
  const end = reader.line('srun: error: vm: task 1: Killed', 'launcher', null);
  t.is(end?.kind === 'end' && end.status, 'killed');
});

test('a long reason is cut to 300 characters', (t) => {
  const [end] = read(`${traceback}ValueError: ${'x'.repeat(1000)}`, 'stderr', 0);
  t.is(end?.kind === 'end' && end.reason?.length, 300);
});
