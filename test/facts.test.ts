import test from 'ava';
import type { LogEvent } from '../src/log/event.js';
import { createFactReader } from '../src/log/facts.js';

const cases: readonly (readonly [string, LogEvent | undefined])[] = [
  ['[vm:09629] MCW rank 0 bound to socket 0[core 0[hwt 0]]: [B/.]', { kind: 'host', host: 'vm', rank: 0 }],
  ['[node-7.cluster:26247] Rank 12 bound to package[0][core:0]', { kind: 'host', host: 'node-7.cluster', rank: 12 }],
  ['[vm:1] MCW rank 3 is not bound (or bound to all available processors)', { kind: 'host', host: 'vm', rank: 3 }],
  ['Hello from rank 3 of 16 on node01', { kind: 'host', host: 'node01', rank: 3 }],
  ['rank 0 running on host gn59.hpc', { kind: 'host', host: 'gn59.hpc', rank: 0 }],
  ['Rank 2 on device cuda:0', undefined],
  ['rank 2 on cuda0', undefined],
  ['hostname: gn59', { kind: 'host', host: 'gn59' }],
  ['Running on host gn59', { kind: 'host', host: 'gn59' }],
  ['host: 10 epochs', undefined],
  ['SLURM_JOB_ID=123456', { kind: 'job', id: '123456' }],
  ['Job ID: 987', { kind: 'job', id: '987' }],
  ["'SLURM_JOBID': '55'", { kind: 'job', id: '55' }],
  ['world_size=2', { kind: 'world_size', ranks: 2 }],
  ['start training: 5 epochs, world size: 16', { kind: 'world_size', ranks: 16 }],
  ['local_world_size=4', undefined],
  ['world_size: -1', undefined],
  ['Total time elapsed for training = 2125.779879808426 seconds', { kind: 'total_time', seconds: 2125.779879808426 }],
  ['Training time: 123.4 s', { kind: 'total_time', seconds: 123.4 }],
  ['Total training time: 0:12:34', { kind: 'total_time', seconds: 754 }],
  ['Training time 1 day, 2:03:04', { kind: 'total_time', seconds: 93784 }],
  ['Training complete in 1m 23s', { kind: 'total_time', seconds: 83 }],
  ['Training finished in 4.11s', { kind: 'total_time', seconds: 4.11 }],
  ['2026-11-23 05:30:53 [INFO] trainer: finished, total time 4.11 s', { kind: 'total_time', seconds: 4.11 }],
  ['Training took 2 hours 3 minutes', { kind: 'total_time', seconds: 7380 }],
  ['Epoch 3 training time: 12.3 s', undefined],
  ['Average training time: 12.3 s', undefined],
  ['Training time per step: 0.3 s', undefined],
  ['Training time: 123.4', undefined],
  ['Training finished in', undefined],
  ['Total time: 12.3 s', undefined],
  ['training time limit: 3600 s', undefined],
  ['Estimated training time: 3:00:00', undefined],
];

for (const [text, expected] of cases) {
  test(text, (t) => {
    t.deepEqual(createFactReader().line(text, 'stdout', 0), expected);
  });
}

test("a launcher's host line is no rank's", (t) => {
  t.is(createFactReader().line('hostname: gn59', 'launcher', null), undefined);
});
