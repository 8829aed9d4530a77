import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import type { Notice } from '../src/daemon/notify.js';
import { runEvents } from '../src/daemon/run-events.js';
import { buildExperiment } from './build-experiment.js';
import { createSandbox, fixtureLog, type Sandbox, said } from './program.js';

test('the first figure that is not finite is an event while the log grows, the end only when it is over', (t) => {
  const ranks = [
    {
      rank: 0,
      epochs: [
        { epoch: 1, offset: 10, metrics: { loss: 1 } },
        { epoch: 2, offset: 90, metrics: { loss: Number.NaN } },
      ],
    },
    {
      rank: 1,
      epochs: [
        { epoch: 1, offset: 20, metrics: { loss: 1 } },
        { epoch: 2, offset: 40, metrics: { loss: Number.POSITIVE_INFINITY } },
      ],
    },
  ];
  const growing = buildExperiment({ ranks, logState: 'growing', run: { status: 'running' } });
  const nan = { event: 'nan', id: 'nan in segment 1', rank: 1, epoch: 2 } as const;
  t.deepEqual(runEvents(growing), [nan]);
  const failed = buildExperiment({ ranks, logState: 'parsed', revision: 3, run: { status: 'failed', reasonRank: 0 } });
  t.deepEqual(runEvents(failed), [nan, { event: 'failed', id: 'failed in revision 3', rank: 0, epoch: 2 }]);
  t.deepEqual(runEvents(buildExperiment({ logState: 'parsed', run: { status: 'early_stopped', reasonRank: null } })), [
    { event: 'completed', id: 'completed in revision 1', rank: null, epoch: null },
  ]);
});

test.serial('the command is told once, of what is news', async (t) => {
  const sandbox = createSandbox(t);
  const told = join(sandbox.home, 'told');
  const command = join(sandbox.home, 'tell.sh');
  writeFileSync(command, `#!/bin/sh\ncat >>${told}\n`);
  chmodSync(command, 0o700);
  const args = [
    ...['watch', '--root', 'root', '--set', `notify.command=[${command}]`, '--set', 'finished.settleSeconds=0.5'],
    ...['--set', 'notify.events=[nan, completed]'],
  ];
  sandbox.addFixture('keras-openmpi-one-rank', 'old');
  const watch = sandbox.start(args);
  await said(t, watch, /experiment was read experiment=old/);
  const log = sandbox.write('new/new.log', '');
  appendFileSync(log, readFileSync(fixtureLog('keras-openmpi-nan-one-rank')));
  utimesSync(log, new Date(), new Date());
  await said(t, watch, /notice sent event=nan experiment=new/);
  watch.kill('SIGTERM');
  t.is((await watch).exitCode, 0);
  const notice = JSON.parse(readFileSync(told, 'utf8'));
  t.like(notice, { event: 'nan', experiment: 'new', epoch: 1, log: join(sandbox.root, 'new/new.log'), scancel: null });

  const again = await sandbox.run(...args, '--once');
  t.is(again.exitCode, 0, again.stderr);
  t.is(readFileSync(told, 'utf8').trim().split('\n').length, 1);
});

test.serial('a command that fails or does not end is logged, and nothing else', async (t) => {
  const sandbox = createSandbox(t);
  const args = (command: string) => [
    ...['watch', '--root', 'root', '--once', '--set', 'notify.events=[completed]', '--set', 'notify.timeoutSeconds=1'],
    ...['--set', `notify.command=${command}`],
  ];
  await sandbox.run(...args('[sleep, "20"]'));
  for (const [name, command] of Object.entries({ a: '[sleep, "20"]', b: '[/no/such/program]', c: '["false"]' })) {
    const log = sandbox.addFixture('keras-openmpi-one-rank', name);
    utimesSync(log, new Date(), new Date());
    const { exitCode, stderr } = await sandbox.run(...args(command));
    t.is(exitCode, 0);
    t.regex(stderr, new RegExp(`notice could not be sent event=completed experiment=${name} reason=`));
    t.true(existsSync(join(sandbox.root, name, `${name}.tlw.pdf`)));
  }
});

/** Words of a watcher that tells of every event and sees soon what grows, and what it has told so far. */
function tellAll(sandbox: Sandbox): { readonly args: readonly string[]; readonly notices: () => Notice[] } {
  const told = join(sandbox.home, 'told');
  const command = join(sandbox.home, 'tell.sh');
  writeFileSync(command, `#!/bin/sh\ncat >>${told}\n`);
  chmodSync(command, 0o700);
  const lines = () => (existsSync(told) ? readFileSync(told, 'utf8').trim().split('\n') : []);
  return {
    args: [
      ...['--verbose', 'watch', '--root', 'root', '--set', `notify.command=[${command}]`, '--set', 'watch.queue=false'],
      ...['--set', 'notify.events=[nan, completed, stalled, failed, killed]', '--set', 'finished.settleSeconds=1'],
      ...['--set', 'watch.rootSeconds=1', '--set', 'watch.progressSeconds=1', '--set', 'watch.growingMaxSeconds=1'],
    ],
    notices: () => lines().map((line) => JSON.parse(line)),
  };
}

const bar = '13/13 [==============================] - 1s 10ms/step';
/** One epoch of a run as Keras prints it. */
const epochText = (epoch: number, loss: string): string =>
  `Epoch ${epoch}/5\n${bar} - loss: ${loss} - val_loss: 0.${9 - epoch}\n`;

test.serial(
  'a log that grows: one call at the epoch that goes NaN, with the line that ends the job, none again after kills',
  async (t) => {
    const sandbox = createSandbox(t);
    const { args, notices } = tellAll(sandbox);
    await sandbox.run(...args, '--once');
    const log = sandbox.write('lr_0.1/lr_0.1.log', 'SLURM_JOB_ID=4242\n');
    /** The log grows, a watcher sees it, and is killed: the next one must know what was told. */
    const grow = async (text: string, pattern: RegExp): Promise<void> => {
      appendFileSync(log, text);
      const watch = sandbox.start(args);
      t.teardown(() => watch.kill('SIGKILL'));
      await said(t, watch, pattern);
      watch.kill('SIGKILL');
      await watch;
    };
    const wasRead = /growing log was read experiment=lr_0\.1/;
    await grow(epochText(1, '0.9') + epochText(2, '0.5'), wasRead);
    t.deepEqual(notices(), []);
    await grow(epochText(3, 'nan'), /notice sent event=nan experiment=lr_0\.1/);
    t.like(notices()[0], { event: 'nan', epoch: 3, status: 'running', scancel: 'scancel 4242' });
    await grow(epochText(4, 'nan'), wasRead);
    t.is(notices().length, 1);
    const end = 'slurmstepd: error: *** JOB 4242 ON n1 CANCELLED AT 2026-01-01T00:00:00 DUE TO TIME LIMIT ***\n';
    await grow(end, /notice sent event=killed experiment=lr_0\.1/);
    t.deepEqual(
      notices().map(({ event }) => event),
      ['nan', 'killed'],
    );
    t.regex(notices()[1]?.reason ?? '', /TIME LIMIT/);
  },
);

test.serial(
  'a real log that arrives in pieces is told of once, at the rank and epoch that go NaN; so are one that fails and one that falls silent',
  async (t) => {
    const sandbox = createSandbox(t);
    const { args, notices } = tellAll(sandbox);
    const pieces = (fixture: string, ...ends: (number | undefined)[]): string[] => {
      const lines = readFileSync(fixtureLog(fixture), 'utf8').split(/(?<=\n)/);
      return ends.map((end, i) => lines.slice(ends[i - 1] ?? 0, end).join(''));
    };
    const [begin = '', nan = '', rest = ''] = pieces('keras-openmpi-nan-one-rank', 33, 45, undefined);
    const [half = '', failure = ''] = pieces('keras-openmpi-exception-one-rank', 45, undefined);
    const grow = (name: string, text: string): void => {
      mkdirSync(join(sandbox.root, name), { recursive: true });
      appendFileSync(join(sandbox.root, name, `${name}.log`), text);
    };
    /** A watcher from one point of the story to the next. A growing log is read at once only after a start. */
    const during = async (
      words: readonly string[],
      act: (watch: ReturnType<typeof sandbox.start>) => Promise<void>,
    ) => {
      const watch = sandbox.start([...args, ...words]);
      t.teardown(() => watch.kill('SIGKILL'));
      await said(t, watch, /watching root=/);
      await act(watch);
      watch.kill('SIGTERM');
      t.is((await watch).exitCode, 0);
    };
    await during([], async (watch) => {
      grow('diverges', begin);
      await said(t, watch, /growing log was read experiment=diverges/);
      grow('fails', half);
      await said(t, watch, /growing log was read experiment=fails/);
    });
    t.deepEqual(notices(), []);
    await during([], async (watch) => {
      grow('diverges', nan);
      await said(t, watch, /notice sent event=nan experiment=diverges/);
      t.like(notices()[0], { event: 'nan', rank: 2, epoch: 1, status: 'running' });
      grow('fails', failure);
      await said(t, watch, /notice sent event=failed experiment=fails/);
      t.like(notices()[1], { event: 'failed', rank: 1, status: 'failed' });
      t.regex(notices()[1]?.reason ?? '', /^RuntimeError: data loader worker died/);
    });
    grow('diverges', rest);
    grow('falls-silent', half);
    await during(['--set', 'finished.quietSeconds=2'], (watch) =>
      said(
        t,
        watch,
        /event=stalled experiment=falls-silent[\s\S]*was read experiment=diverges|was read experiment=diverges[\s\S]*event=stalled experiment=falls-silent/,
      ),
    );
    t.deepEqual(
      notices().map(({ event, experiment }) => `${experiment}: ${event}`),
      ['diverges: nan', 'fails: failed', 'falls-silent: stalled'],
    );
  },
);
