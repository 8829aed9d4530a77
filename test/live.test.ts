import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import stringWidth from 'string-width';
import { liveRunOf, sortLive } from '../src/ask/live-run.js';
import { readLive } from '../src/commands/live/read-live.js';
import { cut } from '../src/commands/live/screen.js';
import { viewLines } from '../src/commands/live/view.js';
import { onceText, stateAfter } from '../src/commands/live.js';
import { sessions } from '../src/commands/sessions.js';
import { maybeSignOfLife } from '../src/daemon/sign-of-life.js';
import { packageRoot } from '../src/package.js';
import { closeStore, openStore } from '../src/store/open.js';
import { saveAll } from '../src/store/save.js';
import { summarise } from '../src/summarise.js';
import { buildExperiment } from './build-experiment.js';

const cli = join(packageRoot, 'build/src/cli.js');
const nowMs = 1_800_000_000_000;
const start = { order: 'time left', selected: 0, isDetail: false, scroll: 0 } as const;

/** Eight ranks of which the second is slow and the last fell silent at epoch 4 of 10. */
function running(name: string, agoMs: number, plannedEpochs = 20) {
  const ranks = Array.from({ length: 8 }, (_, rank) => ({
    plannedEpochs,
    epochs: Array.from({ length: rank === 7 ? 4 : 10 }, (_, i) => ({
      epoch: i + 1,
      seconds: 30,
      secondsPerStep: rank === 1 ? 4 : 2 + rank / 1000,
      metrics: { loss: 1 / (i + 1) + rank / 1e4, val_dsc: 0.5 + i / 20 },
    })),
  }));
  const run = { status: 'running', rankRelation: 'independent' } as const;
  const log = { path: `${name}/${name}.log`, bytes: 1, mtimeMs: nowMs - agoMs, fingerprint: 'sha256:0' };
  const experiment = buildExperiment({ name, key: log.path, log, logState: 'growing', run, ranks });
  return { experiment, summary: summarise(experiment.run, { metric: 'val_dsc', direction: 'max' }) };
}

function newRoot(t: ExecutionContext) {
  const root = mkdtempSync(join(tmpdir(), 'tlw-live-'));
  mkdirSync(join(root, '.state'));
  const store = openStore(join(root, '.state', 'tlw.db'), { fileSystem: 'local' });
  const ended = buildExperiment({
    ...{ name: 'lr_1', key: 'lr_1/lr_1.log' },
    log: { path: 'lr_1/lr_1.log', bytes: 1, mtimeMs: nowMs - 60_000, fingerprint: 'sha256:1' },
  });
  saveAll(store, [
    running('lr_0.01-bs_16', 5000),
    running('lr_0.1-bs_16', 600_000),
    { experiment: ended, summary: summarise(ended.run, null) },
  ]);
  t.teardown(() => {
    closeStore(store);
    rmSync(root, { recursive: true });
  });
  return { root, store, environment: { TLW_ROOT: root, TLW_STATE_DIR: join(root, '.state'), HOME: root } };
}

test('progress and time left; a log that stands still; ranks that fell behind', (t) => {
  const { experiment, summary } = running('a', 10_000);
  const live = liveRunOf(experiment, summary, nowMs);
  t.like(live, { done: 10, planned: 20, leftSeconds: 290, quietMs: 10_000, isSilent: false });
  t.deepEqual(
    live.behind.map(({ rank }) => rank),
    [7],
  );
  t.true(liveRunOf(experiment, summary, nowMs + 200_000).isSilent);
  t.is(liveRunOf(experiment, { ...summary, secondsPerEpoch: null }, nowMs).leftSeconds, null);
  t.is(liveRunOf(experiment, { ...summary, plannedEpochs: null }, nowMs).planned, null);
  const silent = { ...experiment, run: { ...experiment.run, rankRelation: 'one_rank_prints' as const } };
  t.deepEqual(liveRunOf(silent, summary, nowMs).behind, []);
});

test('sorted by what ends first, is farthest or silent for longest; what is not known comes last', (t) => {
  const [a, b, c] = [running('a', 1000, 12), running('b', 9000, 20), running('c', 5000, 11)].map(
    ({ experiment, summary }) => liveRunOf(experiment, summary, nowMs),
  );
  if (!a || !b || !c) throw new Error('three');
  const names = (order: Parameters<typeof sortLive>[1]) =>
    sortLive([a, { ...b, leftSeconds: null }, c], order)
      .map(({ name }) => name)
      .join('');
  t.is(names('time left'), 'cab');
  t.is(names('progress'), 'cab');
  t.is(names('silence'), 'bca');
  t.is(names('name'), 'abc');
});

test('keys move within what there is', (t) => {
  t.is(stateAfter(start, 'down', 2).selected, 1);
  t.is(stateAfter({ ...start, selected: 1 }, 'down', 2).selected, 1);
  t.is(stateAfter(start, 'up', 2).selected, 0);
  t.is(stateAfter(start, 'down', 0).selected, 0);
  t.false(stateAfter(start, 'enter', 0).isDetail);
  const detail = stateAfter(start, 'enter', 2);
  t.true(detail.isDetail);
  t.is(stateAfter(detail, 'down', 2).scroll, 1);
  t.false(stateAfter(detail, 'back', 2).isDetail);
  t.is(stateAfter(start, 'sort', 2).order, 'progress');
});

for (const [columns, rows] of [
  [80, 24],
  [40, 8],
  [20, 3],
  [200, 60],
] as const) {
  test(`the screen fits ${columns} × ${rows}`, (t) => {
    const { store } = newRoot(t);
    const view = readLive(store, nowMs);
    for (const state of [start, { ...start, selected: 1 }, { ...start, isDetail: true, scroll: 99 }]) {
      const { lines, selected } = viewLines(view, state, { columns, rows }, { root: '/x', nowMs, watcher: undefined });
      t.is(lines.length, rows);
      t.true(selected === undefined || selected < rows);
      for (const line of lines) t.true(stringWidth(cut(line, columns)) <= columns);
    }
  });
}

test('a run whose time is over, and which has epochs to go, is overdue, and never has no time left', (t) => {
  const { store } = newRoot(t);
  // One epoch of 30 s is missing, and nothing was written for 40 s and for 20.
  saveAll(store, [running('late', 40_000, 11), running('soon', 20_000, 11)]);
  const surroundings = { root: '/x', nowMs, watcher: undefined };
  const { lines } = viewLines(readLive(store, nowMs), start, { columns: 80, rows: 24 }, surroundings);
  t.regex(lines.join('\n'), /\nlate .* 10\/11, overdue, heard 40 s ago/);
  t.regex(lines.join('\n'), /\nsoon .* 10\/11, 10 s left, heard 20 s ago/);
});

test('without a terminal it is printed once', async (t) => {
  const { environment } = newRoot(t);
  const { stdout, exitCode } = await execa('node', [cli, 'live'], { env: environment });
  t.is(exitCode, 0);
  t.regex(stdout, /^2 running below .*\n! no watcher runs: /);
  t.regex(stdout, /\nlr_0\.01-bs_16 +█████░░░░░ 10\/20, /);
  t.regex(stdout, /\n {2}loss 0\.10\d+ █[▁▂▃▄▅▆▇█]+ {3}val_dsc 0\.9500 /);
  t.regex(stdout, /\n {2}! rank 1: time per step 4\.00 s, others 2\.00 s, \+100 %/);
  t.regex(stdout, /\n {2}! rank 7: /);
  t.false(stdout.includes('\u001B'));
});

const enter = '\u001B[?1049h';
const leave = '\u001B[?25h\u001B[?1049l';

/** In a terminal of 80 × 24, as `script` makes one; what was written to it, and how the program ended. */
async function inTerminal(t: ExecutionContext, act: (pid: number, type: (keys: string) => void, root: string) => void) {
  const { root, environment } = newRoot(t);
  const pidFile = join(root, 'pid');
  const command = `stty cols 80 rows 24; echo $$ >'${pidFile}'; exec node '${cli}' live --every 1`;
  const terminal = execa('script', ['-qefc', command, '/dev/null'], {
    ...{ env: { ...environment, TERM: 'xterm' }, reject: false, stdin: 'pipe', stripFinalNewline: false },
  });
  await new Promise<void>((resolve) => {
    let text = '';
    terminal.stdout.on('data', (chunk) => {
      text += String(chunk);
      if (text.includes('q quit')) resolve();
    });
  });
  act(Number(readFileSync(pidFile, 'utf8')), (keys) => terminal.stdin.write(keys), root);
  const { stdout, exitCode } = await terminal;
  return { stdout, exitCode };
}

for (const [name, act] of [
  ['q', (_, type) => type('q')],
  ['arrows, enter, escape, then q', (_, type) => type('\u001B[B\u001B[A\r\u001B[B\u001Bsq')],
  ['Ctrl-C', (_, type) => type('\u0003')],
  ['SIGTERM', (pid) => process.kill(pid, 'SIGTERM')],
  ['SIGINT', (pid) => process.kill(pid, 'SIGINT')],
  ['SIGHUP', (pid) => process.kill(pid, 'SIGHUP')],
] satisfies [string, (pid: number, type: (keys: string) => void) => void][]) {
  test(`in a terminal it ends by ${name}, and gives the terminal back`, async (t) => {
    const { stdout, exitCode } = await inTerminal(t, act);
    t.is(exitCode, 0);
    t.true(stdout.includes(enter));
    t.true(stdout.trimEnd().endsWith(leave), JSON.stringify(stdout.slice(-100)));
    t.regex(stripVTControlCharacters(stdout), /2 running below .*\r+\n! no watcher runs.*\r+\nlr_0\.01-bs_16 /);
  });
}

test('after an error of the program the terminal is given back first, then it is told in one piece', async (t) => {
  const { stdout, exitCode } = await inTerminal(t, (_pid, _type, root) => {
    const store = openStore(join(root, '.state', 'tlw.db'), { fileSystem: 'local' });
    store.connection.exec("UPDATE experiments SET launcher = 'nonsense'");
    closeStore(store);
  });
  t.is(exitCode, 70);
  const [, after = ''] = stdout.split(leave);
  t.regex(
    after,
    /^tlw: this is a fault of the program, please report it\r\ntlw: Error: expected one of .*, got nonsense/,
  );
});

test('more running experiments than anybody looks at are said to be more', (t) => {
  const { store } = newRoot(t);
  const many = Array.from({ length: 200 }, (_, i) => {
    const name = `many_${i}`;
    const log = { path: `${name}/${name}.log`, bytes: 1, mtimeMs: nowMs, fingerprint: `sha256:${i}` };
    const run = { status: 'running' } as const;
    const experiment = buildExperiment({ name, key: log.path, log, logState: 'growing', run });
    return { experiment, summary: summarise(experiment.run, null) };
  });
  saveAll(store, many);
  const view = readLive(store, nowMs);
  t.is(view.running.length, 200);
  const { lines } = viewLines(view, start, { columns: 80, rows: 24 }, { root: '/x', nowMs, watcher: null });
  t.regex(lines[0] ?? '', /^200 of 202 running below \/x, /);
});

test('it says where no watcher keeps the figures up to date', (t) => {
  const { root, store } = newRoot(t);
  const state = join(root, '.state');
  const view = readLive(store, nowMs);
  const second = (): string => {
    const watcher = maybeSignOfLife(state, nowMs);
    return viewLines(view, start, { columns: 100, rows: 24 }, { root, nowMs, watcher }).lines[1] ?? '';
  };
  const beat = (heartbeat: object) =>
    writeFileSync(
      join(state, 'heartbeat.json'),
      JSON.stringify({ host: hostname(), pid: process.pid, atMs: nowMs - 40_000, hasStopped: false, ...heartbeat }),
    );
  t.regex(second(), /^! no watcher runs: /);
  beat({});
  t.regex(second(), /^lr_/);
  beat({ host: 'elsewhere', pid: 1 });
  t.regex(second(), /^lr_/);
  beat({ hasStopped: true });
  t.regex(second(), /^! no watcher runs, the last one was heard of 40 s ago on /);
  beat({ atMs: nowMs - 600_000 });
  t.regex(second(), /^! no watcher runs, the last one was heard of 10 min ago on /);
  // Beyond the largest number that a process can have.
  beat({ pid: 2 ** 30 });
  t.regex(second(), /^! no watcher runs, /);
});

test('the session in the help is what it prints while two experiments run', (t) => {
  const { store } = newRoot(t);
  const view = readLive(store, nowMs);
  const watcher = { host: 'login1', atMs: nowMs, isAlive: true };
  const text = onceText({ ...view, ended: [] }, { root: 'OUTPUTS', nowMs, watcher });
  // Whatever the time zone.
  const shown = text
    .replace(/\d\d:\d\d:\d\d/, '12:00:00')
    .trimEnd()
    .split('\n');
  t.deepEqual(sessions.live, [{ words: ['live'], output: shown }]);
});
