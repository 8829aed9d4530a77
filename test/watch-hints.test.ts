/** Events of the file system as hints: what they tell, and that losing them costs only latency. */

import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { watch } from 'chokidar';
import { execa } from 'execa';
import { createHints, type HintSettings } from '../src/watch/hints.js';

const settings = { doorbell: null, files: [], pollMs: 50, endMarkers: ['.done'], useEvents: true };

function newRoot(t: ExecutionContext): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'tlw-hints-')));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

/** Starts hints and keeps what they say, e.g. `EXP EXP.log`. */
function listen(
  t: ExecutionContext,
  root: string,
  more: Partial<HintSettings> = {},
  effects: Parameters<typeof createHints>[2] = {},
) {
  const said: string[] = [];
  const hints = createHints(
    { root, ...settings, ...more },
    {
      onHint: (folder, name) => said.push(`${folder} ${name}`),
      onBell: () => said.push('bell'),
      onFile: (file) => said.push(file),
      onLimited: (reason) => said.push(`limited: ${reason}`),
    },
    effects,
  );
  t.teardown(() => hints.close());
  return { hints, said, hear: (what: string) => until(() => said.includes(what)) };
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Events come only once chokidar has made its watch: does it again until it is heard. */
async function repeat(act: () => void, isHeard: () => boolean): Promise<void> {
  while (!isHeard()) {
    act();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('new folders, growth and markers are told, our own outputs and temporary files are not', async (t) => {
  const root = newRoot(t);
  mkdirSync(join(root, 'EXP'));
  const { hints, said, hear } = listen(t, root);
  hints.setFolders(['', 'EXP']);
  await repeat(
    () => appendFileSync(join(root, 'EXP/EXP.log'), 'x'),
    () => said.includes('EXP EXP.log'),
  );
  for (const name of ['EXP.tlw.json', '.EXP.log.swp', 'EXP.log~', '.done']) writeFileSync(join(root, 'EXP', name), '');
  mkdirSync(join(root, 'NEW'));
  await hear('EXP .done');
  await hear(' NEW');
  t.false(said.some((hint) => /tlw|swp|~/.test(hint)));
});

test('folders that are no longer wanted are silent, and may come back, also after they were made anew', async (t) => {
  const root = newRoot(t);
  for (const name of ['A', 'B']) mkdirSync(join(root, name));
  const { hints, said } = listen(t, root);
  const ring = (name: string) => () => writeFileSync(join(root, name, 'x.log'), String(Math.random()));
  hints.setFolders(['A', 'B']);
  await repeat(ring('A'), () => said.includes('A x.log'));
  hints.setFolders(['B']);
  said.length = 0;
  ring('A')();
  await repeat(ring('B'), () => said.includes('B x.log'));
  t.false(said.includes('A x.log'));
  rmSync(join(root, 'A'), { recursive: true });
  mkdirSync(join(root, 'A'));
  hints.setFolders(['A', 'B']);
  await repeat(ring('A'), () => said.includes('A x.log'));
});

test('a file that an editor replaces, and a doorbell, are polled', async (t) => {
  const root = newRoot(t);
  const file = join(root, 'config.yaml');
  const doorbell = join(root, 'bell');
  mkdirSync(doorbell);
  writeFileSync(file, '');
  const { said } = listen(t, root, { useEvents: false, files: [file], doorbell });
  await repeat(
    () => {
      writeFileSync(`${file}.new`, String(Math.random()));
      renameSync(`${file}.new`, file);
      writeFileSync(join(doorbell, String(Math.random())), '');
    },
    () => said.includes(file) && said.includes('bell'),
  );
  t.pass();
});

test('FS29: after an error watching begins again, after the last it is given up', async (t) => {
  const root = newRoot(t);
  const watchers: ReturnType<typeof watch>[] = [];
  const { hints, said } = listen(
    t,
    root,
    {},
    {
      pausesMs: [1, 1],
      watch: (...args) => {
        const watcher = watch(...args);
        watchers.push(watcher);
        return watcher;
      },
    },
  );
  hints.setFolders(['']);
  for (let failures = 1; failures <= 3; failures += 1) {
    await until(() => watchers.length === failures);
    watchers.at(-1)?.emit('error', new Error(`trouble ${failures}`));
    if (failures < 3)
      await repeat(
        () => writeFileSync(join(root, 'x.log'), ''),
        () => said.at(-1) === ' x.log',
      );
  }
  const troubles = said.filter((text) => text.startsWith('limited'));
  t.deepEqual(troubles, [
    'limited: trouble 1',
    'limited: null',
    'limited: trouble 2',
    'limited: null',
    'limited: trouble 3',
  ]);
  t.is(watchers.length, 3);
});

const canLimit = existsSync('/proc/sys/user/max_inotify_watches') && process.getuid?.() === 0;
const withLimit = canLimit ? test : test.skip;
if (!canLimit) process.stderr.write('skipped: tests with few inotify watches need root and user namespaces\n');

for (const [limit, name] of [
  ['max_inotify_watches', 'watches'],
  ['max_inotify_instances', 'instances'],
] as const) {
  withLimit(`FS27: without inotify ${name} there is only polling, and everything is found`, async (t) => {
    const root = newRoot(t);
    mkdirSync(join(root, 'EXP'));
    writeFileSync(join(root, 'EXP/EXP.log'), 'end\n');
    const module = (file: string): string => JSON.stringify(new URL(`../src/watch/${file}.js`, import.meta.url).href);
    const program = `
      import { defaultSettings } from ${module('settings')};
      import { startWatcher } from ${module('watcher')};
      let [isLimited, isFound] = [false, false];
      const watcher = startWatcher({
        root: ${JSON.stringify(root)},
        settings: () => ({ ...defaultSettings({ name: 'ext4', isLocal: true }), settleMs: 0 }),
        onNews() {
          const changes = watcher.takeChanges();
          for (const log of changes?.logs ?? []) isFound ||= log.path === 'EXP/EXP.log';
          isLimited ||= Boolean(changes?.health.get('WATCH_LIMITED'));
          if (isLimited && isFound) { console.log(changes?.health.get('WATCH_LIMITED') ?? ''); watcher.close(); }
        },
      });`;
    const limited = `echo 0 > /proc/sys/user/${limit} && exec node --input-type=module --eval "$PROGRAM"`;
    const { stdout } = await execa('unshare', ['-U', '-r', 'sh', '-c', limited], {
      env: { PROGRAM: program },
      timeout: 30_000,
    });
    t.is(typeof stdout, 'string');
  });
}
