/**
 * Random things done to the files of a root, with pauses, restarts, kills and clock jumps between them, against a model that only
 * knows what lies on disk: in the end the watcher must know the same, having read every log as it is, and none twice.
 * MODEL_RUNS=1000 npx ava test/model.test.ts runs longer.
 */

import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { identify } from '../src/watch/identity.js';
import { realCalls } from '../src/watch/scanner.js';
import { hour, minute, openTestRoot, readByLastLine } from './watch-root.js';

const runs = Number(process.env.MODEL_RUNS ?? 25);
const second = 1000;

const name = fc.constantFrom('A', 'B', 'C', 'D');
const text = fc.constantFrom('epoch 1\n', 'epoch 2\n', 'half a li', 'x'.repeat(5000));
const action = fc.oneof(
  fc.record({ do: fc.constant('append'), name, text }),
  fc.record({ do: fc.constant('append'), name, text }),
  fc.record({ do: fc.constant('end'), name }),
  fc.record({ do: fc.constant('end'), name }),
  fc.record({ do: fc.constant('rewrite'), name, text }),
  fc.record({ do: fc.constant('replace'), name, text }),
  fc.record({ do: fc.constant('truncate'), name }),
  fc.record({ do: fc.constant('mark'), name }),
  fc.record({ do: fc.constant('unmark'), name }),
  fc.record({ do: fc.constant('delete'), name }),
  fc.record({ do: fc.constant('rename'), name, to: name }),
  fc.record({ do: fc.constant('copy'), name, to: name }),
  fc.record({ do: fc.constant('chmod'), name, what: fc.constantFrom('folder', 'log'), isAllowed: fc.boolean() }),
  fc.record({ do: fc.constant('kill') }),
  fc.record({ do: fc.constant('restart'), ms: fc.constantFrom(second, hour) }),
  fc.record({ do: fc.constant('jump'), ms: fc.constantFrom(-24 * hour, 24 * hour) }),
  fc.record({ do: fc.constant('unmount'), ms: fc.constantFrom(minute, 3 * hour) }),
  fc.record({ do: fc.constant('wait'), ms: fc.constantFrom(second, 7 * second, minute, 11 * minute, 2 * hour) }),
  fc.record({ do: fc.constant('wait'), ms: fc.constantFrom(second, 7 * second, minute, 11 * minute, 2 * hour) }),
);
type Action = typeof action extends fc.Arbitrary<infer Value> ? Value : never;

/** What went wrong once. */
const onceWrong: [Action[], boolean][] = [
  [
    [
      { do: 'append', name: 'A', text: 'epoch 1\n' },
      { do: 'mark', name: 'A' },
      { do: 'wait', ms: 11 * minute },
      { do: 'restart', ms: second },
      { do: 'append', name: 'A', text: 'epoch 1\n' },
      { do: 'unmount', ms: 3 * hour },
    ],
    false,
  ],
];

for (const isRemote of [false, true]) {
  test(`PR11: random actions, restarts and clock jumps on a ${isRemote ? 'network' : 'local'} file system`, (t) => {
    fc.assert(
      fc.property(fc.array(action, { minLength: 3, maxLength: 25 }), fc.boolean(), (actions, markRoot) => {
        const folder = mkdtempSync(join(tmpdir(), 'tlw-model-'));
        try {
          play(folder, actions, { isRemote, markRoot });
        } finally {
          rmSync(folder, { recursive: true, force: true });
          rmSync(`${folder}.away`, { recursive: true, force: true });
        }
      }),
      { numRuns: runs, examples: onceWrong },
    );
    t.pass();
  });
}

/** Folders, and logs, that may not be read: chmod itself is nothing to root, as whom tests may run. */
interface Denied {
  readonly folders: Set<string>;
  readonly logs: Set<string>;
}

/** Plays the actions; throws where the watcher then knows something else than what is there. */
function play(folder: string, actions: readonly Action[], options: { isRemote: boolean; markRoot: boolean }): void {
  /** Contents that were read for good, by path. */
  const finals = new Map<string, string[]>();
  const denied: Denied = { folders: new Set(), logs: new Set() };
  let isDoomed = false;
  /** The call, unless it needs a folder that may not be read. */
  const allowed =
    <Result>(call: (path: string | Buffer) => Result, isInside: boolean) =>
    (path: string | Buffer): Result => {
      const parts = String(path)
        .slice(folder.length + 1)
        .split('/');
      if (denied.folders.has(parts[0] ?? '') && parts.length > (isInside ? 1 : 0)) throw eacces();
      return call(path);
    };
  const root = openTestRoot(folder, {
    calls: {
      lstat: allowed(realCalls.lstat, true),
      stat: allowed(realCalls.stat, true),
      readNames: allowed(realCalls.readNames, false),
    },
    isRemote: options.isRemote,
    // Weeks are played: fewer looks at the root do.
    settings: { markRoot: options.markRoot, rootIntervalMs: 10 * minute },
    read: (file, order) => {
      const isDenied = denied.logs.has(order.file) || denied.folders.has(order.file.split('/')[0] ?? '');
      if (isDenied) return { problem: { status: 'unreadable', reason: 'permission denied' }, isHopeless: false };
      const outcome = readByLastLine(file);
      // What is read by who dies before it is saved is read again.
      if (order.purpose === 'final' && !isDoomed && 'fingerprint' in outcome)
        finals.set(order.path, [...(finals.get(order.path) ?? []), `${outcome.fingerprint} ${outcome.mtimeMs}`]);
      return outcome;
    },
  });
  root.pass(second);
  for (const each of actions) {
    // Every write has a time of its own, as on a real file system.
    root.pass(10);
    isDoomed = each.do === 'kill';
    act(root, each, denied);
    isDoomed = false;
  }
  for (const part of [denied.folders, denied.logs]) part.clear();
  // Long enough for every silence and every weekly look to be over.
  root.pass(14 * hour);
  root.pass(10 * 24 * hour);
  compare(root);
  for (const [path, contents] of finals)
    if (new Set(contents).size < contents.length) throw new Error(`${path} was read twice: ${contents.join(', ')}`);
  root.restart();
  const before = root.orders.length;
  root.pass(2 * hour);
  compare(root);
  if (root.orders.length > before) throw new Error(`after a restart: ${root.orders.slice(before).join(', ')}`);
}

function act(root: ReturnType<typeof openTestRoot>, each: Action, denied: Denied): void {
  const log = 'name' in each ? `${each.name}/train.log` : '';
  const at = (path: string): string => join(root.folder, path);
  switch (each.do) {
    case 'append':
      if (existsSync(at(log))) root.append(log, each.text);
      else root.write(log, `${each.name}\n${each.text}`);
      break;
    case 'end':
      if (existsSync(at(log))) root.append(log, '\nend\n');
      break;
    case 'rewrite':
      root.write(log, `again ${root.time.wallMs}\n${each.text}`);
      break;
    case 'replace':
      root.write(`${each.name}/.new`, `another ${root.time.wallMs}\n${each.text}end\n`);
      renameSync(at(`${each.name}/.new`), at(log));
      break;
    case 'truncate':
      if (existsSync(at(log))) root.write(log, '');
      break;
    case 'mark':
      root.write(`${each.name}/.done`, '');
      break;
    case 'unmark':
      rmSync(at(`${each.name}/.done`), { force: true });
      break;
    case 'delete':
      rmSync(at(each.name), { recursive: true, force: true });
      break;
    case 'rename':
      if (existsSync(at(each.name)) && !existsSync(at(each.to))) renameSync(at(each.name), at(each.to));
      break;
    case 'copy':
      if (existsSync(at(each.name)) && !existsSync(at(each.to)))
        cpSync(at(each.name), at(each.to), { recursive: true });
      break;
    case 'chmod': {
      const [part, path] = each.what === 'folder' ? [denied.folders, each.name] : [denied.logs, log];
      if (each.isAllowed) part.delete(path);
      else part.add(path);
      break;
    }
    case 'kill':
      root.kill();
      break;
    case 'restart':
      root.restart(each.ms);
      break;
    case 'jump':
      root.time.wallMs += each.ms;
      break;
    case 'unmount':
      renameSync(root.folder, `${root.folder}.away`);
      mkdirSync(root.folder);
      root.pass(each.ms);
      rmSync(root.folder, { recursive: true });
      renameSync(`${root.folder}.away`, root.folder);
      break;
    case 'wait':
      root.pass(each.ms);
      break;
  }
}

function eacces(): Error {
  return Object.assign(new Error('EACCES'), { code: 'EACCES', errno: -13 });
}

/** What the watcher knows must be what is there. */
function compare(root: ReturnType<typeof openTestRoot>): void {
  const there = readdirSync(root.folder)
    .map((folder) => `${folder}/train.log`)
    .filter((path) => existsSync(join(root.folder, path)));
  for (const path of there) {
    const log = root.known.logs.get(path);
    const { sizeBytes, fingerprint } = identify(join(root.folder, path));
    const expected = sizeBytes === 0 ? 'empty' : 'parsed';
    if (!root.state(path).startsWith(expected))
      throw new Error(`${path}: expected ${expected}, got ${root.state(path)}`);
    if (sizeBytes > 0 && log?.watch.fingerprint !== fingerprint) throw new Error(`${path} was not read as it is`);
  }
  // A root without a marker that went empty may be unmounted: nothing is gone then.
  const mayBeOutage = readdirSync(root.folder).length === 0;
  for (const [path, log] of root.known.logs) {
    if (mayBeOutage) continue;
    const isThere = there.includes(path);
    if (!isThere && log.problem?.status !== 'gone') throw new Error(`${path} is ${root.state(path)}, but not there`);
  }
  for (const path of root.stored.logs.keys()) if (!root.known.logs.has(path)) throw new Error(`${path} is only stored`);
}
