import { fileURLToPath } from 'node:url';
import { pool, TerminateError, worker, workerEmit } from 'workerpool';

/** Child processes that do work which may hang or crash. */
export interface Pool {
  /**
   * Runs a function of the children's script. Throws its error; where the child did not answer in time or died, a
   * `ChildError`, and the child is replaced.
   */
  run<Answer>(name: string, argument: unknown, deadlineMs: number): Promise<Answer>;
  /** How many children are at work. */
  running(): number;
  /** Ends the children, whatever they do. */
  close(): Promise<void>;
}

/** A child process died, or was killed because it did not answer. */
export class ChildError extends Error {
  override readonly name = 'ChildError';

  constructor(
    message: string,
    readonly hasTimedOut: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const script = fileURLToPath(new URL('./child.js', import.meta.url));

/** Starts up to `size` children when they are needed. */
export function createPool(size: number): Pool {
  const children = pool(script, {
    workerType: 'process',
    maxWorkers: size,
    // Maps, typed arrays, NaN and undefined survive only this serialisation.
    forkOpts: { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] },
    workerTerminateTimeout: 1000,
  });
  const pids = new Set<number>();
  return {
    run: (name, argument, deadlineMs) => runOne(children, pids, name, argument, deadlineMs),
    running: () => pids.size,
    close: async () => {
      for (const pid of pids) kill(pid);
      await children.terminate(true);
    },
  };
}

/** Makes functions callable from the parent: the whole program of a child. */
export function serve(functions: Readonly<Record<string, (argument: never) => unknown>>): void {
  const methods = Object.entries(functions).map(([name, run]): [string, (argument: never) => unknown] => [
    name,
    (argument) => {
      workerEmit({ pid: process.pid });
      return run(argument);
    },
  ]);
  worker(Object.fromEntries(methods));
}

async function runOne<Answer>(
  children: ReturnType<typeof pool>,
  pids: Set<number>,
  name: string,
  argument: unknown,
  deadlineMs: number,
): Promise<Answer> {
  let pid: number | undefined;
  let hasTimedOut = false;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await children.exec(name, [argument], {
      on: (event: { pid: number }) => {
        pid = event.pid;
        pids.add(pid);
        timer = setTimeout(() => {
          hasTimedOut = true;
          kill(event.pid);
        }, deadlineMs);
      },
    });
  } catch (error) {
    if (hasTimedOut) throw new ChildError(`no answer within ${deadlineMs / 1000} s`, true, { cause: error });
    if (error instanceof TerminateError) {
      throw new ChildError(`the child process died${signalOf(error)}`, false, { cause: error });
    }
    throw error;
  } finally {
    clearTimeout(timer);
    if (pid !== undefined) pids.delete(pid);
  }
}

/** SIGKILL: one that hangs in a system call, or in a loop, hears nothing else. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

function signalOf(error: Error): string {
  const signal = /signalCode: `(SIG\w+)`/.exec(error.message)?.[1];
  return signal === undefined ? '' : ` (${signal})`;
}
