import { fileURLToPath } from 'node:url';
import { pool, TerminateError, worker, workerEmit } from 'workerpool';
import { programBuild } from '../package.js';
import { ChildError, maybeRefusal, signalOf } from './child-error.js';
import { killChild } from './kill-child.js';
import { requireSameProgram } from './replaced-program.js';

/** Child processes that do work which may hang or crash. */
export interface Pool {
  /**
   * Runs a function of the children's script. Throws its error; where no child could be started, or it did not answer in time or
   * died, a `ChildError`, and the child is replaced; where the program's files were replaced meanwhile, a `ReplacedError`. The
   * deadline begins anew whenever the child says that it got on.
   */
  run<Answer>(name: string, argument: unknown, deadlineMs: number): Promise<Answer>;
  /** How many children are at work. */
  running(): number;
  /** How many were ended after their share of work, or because there was none. */
  retired(): number;
  /** Ends the children, whatever they do. */
  close(): Promise<void>;
}

export interface PoolLimits {
  /** CPU time after which a child is replaced, once its work is done: sites end processes that used much. */
  readonly maxCpuSeconds?: number;
  /** Memory after which it is. */
  readonly maxRssBytes?: number;
  /** A child without work for so long is ended. */
  readonly idleMs?: number;
  /** A child that does not begin to work for so long is ended: where the system gives it no threads, Node may wait for them for ever. */
  readonly startMs?: number;
  /** One that has worked before and does not begin with the next piece for so long stands still, and another gets it. */
  readonly beginMs?: number;
  /** What the children run. */
  readonly script?: string;
  /** Where what they print goes. */
  readonly print?: (text: string) => void;
}

/** Room for one child; it is there while there is work. */
interface Slot {
  child: ReturnType<typeof pool> | undefined;
  /** Once it has begun with a first piece of work. */
  pid: number | undefined;
  idle: NodeJS.Timeout | undefined;
}

/** What a child says of itself when it begins or gets on with a piece of work, and when it ends it. */
type Word = { readonly pid: number } | { readonly cpuSeconds: number; readonly rssBytes: number };

/** What a child, or a library in it, prints. */
type Said = { readonly stdout?: string; readonly stderr?: string };

const endMs = 5000;
const forceMs = 2000;
const childScript = fileURLToPath(new URL('./child.js', import.meta.url));
/** What a log's objects take passes quickly: a smaller nursery costs no time and saves memory. */
export const childFlags = ['--max-semi-space-size=8'];

/** Starts up to `size` children when they are needed. */
export function createPool(size: number, limits: PoolLimits = {}): Pool {
  const { maxCpuSeconds = 60, maxRssBytes = 400 * 2 ** 20, idleMs = 120_000 } = limits;
  const { startMs = 120_000, beginMs = 5000, script = childScript } = limits;
  const { print = (text) => void process.stderr.write(text) } = limits;
  const slots = Array.from({ length: size }, (): Slot => ({ child: undefined, pid: undefined, idle: undefined }));
  const free = [...slots];
  /** Who waits for a slot; undefined where the pool is closed meanwhile. */
  const waiting: ((slot: Slot | undefined) => void)[] = [];
  const pids = new Set<number>();
  let retired = 0;
  let isClosed = false;

  const retire = async (slot: Slot): Promise<void> => {
    const { child, pid } = slot;
    slot.child = undefined;
    slot.pid = undefined;
    if (child === undefined) return;
    retired += 1;
    // One that was stopped hears nothing.
    const force = setTimeout(() => pid !== undefined && killChild(pid), forceMs);
    try {
      await child.terminate(false, endMs);
    } catch {
      // One that is dead already, or never was, cannot be ended, and says so.
    }
    clearTimeout(force);
  };

  const giveBack = async (slot: Slot, isWorn: boolean): Promise<void> => {
    // The next one starts only when this one has ended: there are never more than `size`.
    if (isWorn) await retire(slot);
    if (isClosed) return;
    const next = waiting.shift();
    if (next !== undefined) {
      next(slot);
      return;
    }
    slot.idle = setTimeout(() => void retire(slot), idleMs).unref();
    free.push(slot);
  };

  return {
    run: async <Answer>(name: string, argument: unknown, deadlineMs: number): Promise<Answer> => {
      // The one that was freed last has a child that is up.
      const slot = isClosed
        ? undefined
        : (free.pop() ?? (await new Promise<Slot | undefined>((resolve) => waiting.push(resolve))));
      if (isClosed || slot === undefined) throw new ChildError('the program ends', false, false);
      clearTimeout(slot.idle);
      let isWorn = false;
      const attempt = (): Promise<Answer> => {
        requireSameProgram();
        slot.child ??= startChild(script);
        const startsWithinMs = slot.pid === undefined ? startMs : beginMs;
        const call = { name, argument, deadlineMs, startMs: startsWithinMs, pid: slot.pid };
        return runOne<Answer>(slot.child, call, pids, (word) => {
          if ('pid' in word) slot.pid = word.pid;
          else if ('rssBytes' in word) isWorn = word.cpuSeconds > maxCpuSeconds || word.rssBytes > maxRssBytes;
          else print(word.stderr ?? word.stdout ?? '');
        });
      };
      const wasUp = slot.pid !== undefined;
      try {
        return await attempt();
      } catch (error) {
        const isFresh = error instanceof ChildError && !error.hasBegun && (wasUp || !error.hasTimedOut);
        if (error instanceof ChildError && !isFresh) slot.pid = undefined;
        // Whatever a child that was ended in the middle of its work left behind as an error.
        if (isClosed) throw new ChildError('the program ends', false, true, { cause: error });
        if (!isFresh) throw error;
        // It was killed, or stopped, while it had no work: another one has all of it before it.
        await retire(slot);
        return await attempt();
      } finally {
        void giveBack(slot, isWorn);
      }
    },
    running: () => pids.size,
    retired: () => retired,
    close: async () => {
      isClosed = true;
      for (const wake of waiting.splice(0)) wake(undefined);
      for (const { idle } of slots) clearTimeout(idle);
      const busy = slots.filter((slot) => !free.includes(slot));
      // Their work fails at once. That they end is not waited for: one may hang in a system call.
      for (const { child, pid } of busy) {
        if (pid !== undefined) killChild(pid);
        void child?.terminate(true).catch(() => undefined);
      }
      await Promise.all(free.map(retire));
    },
  };
}

/** Makes functions callable from the parent: the whole program of a child. What may take long calls `gotOn` as often as it likes. */
export function serve(functions: Readonly<Record<string, (argument: never, gotOn: () => void) => unknown>>): void {
  type Method = (argument: never, build: string | undefined) => Promise<unknown>;
  const methods = Object.entries(functions).map(([name, run]): [string, Method] => [
    name,
    async (argument, build) => {
      let saidMs = Number.NEGATIVE_INFINITY;
      const gotOn = (): void => {
        if (performance.now() - saidMs < 1000) return;
        saidMs = performance.now();
        workerEmit({ pid: process.pid } satisfies Word);
      };
      gotOn();
      try {
        // An order of another version may mean something else.
        requireSameProgram(build);
        return await run(argument, gotOn);
      } finally {
        const { user, system } = process.cpuUsage();
        workerEmit({ cpuSeconds: (user + system) / 1e6, rssBytes: process.memoryUsage.rss() } satisfies Word);
      }
    },
  ]);
  // Whoever started it is gone: there is nobody to answer, and a stack on the terminal or in the journal would only frighten.
  process.on('error', () => process.kill(process.pid, 'SIGKILL'));
  worker(Object.fromEntries(methods));
}

function startChild(script: string): ReturnType<typeof pool> {
  return pool(script, {
    workerType: 'process',
    maxWorkers: 1,
    // Maps, typed arrays, NaN and undefined survive only this serialisation.
    forkOpts: { serialization: 'advanced', execArgv: childFlags },
    // Pipes: a child that has a terminal crashes at its end where that is gone by then.
    emitStdStreams: true,
    workerTerminateTimeout: 1000,
  });
}

interface Call {
  readonly name: string;
  readonly argument: unknown;
  readonly deadlineMs: number;
  readonly startMs: number;
  /** Of the child; undefined where it is about to start. */
  readonly pid: number | undefined;
}

async function runOne<Answer>(
  child: ReturnType<typeof pool>,
  { name, argument, deadlineMs, startMs, pid: known }: Call,
  pids: Set<number>,
  onWord: (word: Word | Said) => void,
): Promise<Answer> {
  let pid: number | undefined;
  let hasTimedOut = false;
  let timer = setTimeout(() => {
    hasTimedOut = true;
    if (known !== undefined) killChild(known);
    void child.terminate(true, endMs).catch(() => undefined);
  }, startMs);
  const hear = (word: Word | Said): void => {
    onWord(word);
    if (!('pid' in word)) return;
    pid = word.pid;
    pids.add(pid);
    clearTimeout(timer);
    timer = setTimeout(() => {
      hasTimedOut = true;
      killChild(word.pid);
    }, deadlineMs);
  };
  try {
    return await child.exec(name, [argument, programBuild], { on: hear });
  } catch (error) {
    if (hasTimedOut) {
      const what = pid === undefined ? `no start within ${startMs / 1000}` : `no answer within ${deadlineMs / 1000}`;
      throw new ChildError(`${what} s`, true, pid !== undefined, { cause: error });
    }
    const refusal = maybeRefusal(error instanceof TerminateError ? error.cause : error);
    if (refusal) throw new ChildError(`no child process can be started: ${refusal}`, false, false, { cause: error });
    // Whatever went wrong, half of the files that the child loaded may have been new.
    requireSameProgram();
    if (error instanceof TerminateError) {
      throw new ChildError(`the child process died${signalOf(error)}`, false, pid !== undefined, { cause: error });
    }
    throw error;
  } finally {
    clearTimeout(timer);
    if (pid !== undefined) pids.delete(pid);
  }
}
