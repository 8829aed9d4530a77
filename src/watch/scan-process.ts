/**
 * The scanning process, seen from outside: it has a deadline, since a look at a server that does not answer blocks it for
 * good, and then it is killed and replaced; and it is replaced after a share of CPU time, since sites end processes that
 * used much.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../errors.js';
import { isProgramReplaced } from '../package.js';
import type { HintSettings } from './hints.js';
import type { Answer, Look, ScanSettings } from './look.js';
import type { FromScanner, ToScanner } from './scan-messages.js';

export interface ScanProcess {
  /**
   * Has looks done, one after the other. Gives those that were not done, since the process was stuck or died in the look
   * before them; that one has an answer, which says so. One call at a time.
   */
  run(looks: readonly Look[], onAnswer: (look: Look, answer: Answer) => void): Promise<readonly Look[]>;
  /** What to give hints about, also after the process was replaced. */
  setHints(settings: HintSettings): void;
  setFolders(folders: readonly string[]): void;
  /** Milliseconds to wait before the next run: not 0 after a process got stuck. */
  restMs(): number;
  readonly pid: number | undefined;
  /** Ends the process, within a second or by force. */
  close(): Promise<void>;
}

export interface ScanEvents {
  onHints(hints: readonly { readonly folder: string; readonly name: string | null }[]): void;
  onBell(): void;
  onFile(file: string): void;
  onLimited(reason: string | null): void;
  /** No look was answered since then (ms since 1970); null when one is again. */
  onStall(sinceWallMs: number | null): void;
}

export interface ScanLimits {
  /** Longest wait for the answer to one look. */
  readonly timeoutMs: number;
  /** CPU time after which a process is replaced. */
  readonly maxCpuSeconds?: number;
  /** Pause after the first process that got stuck; doubled for each further one, up to five minutes. */
  readonly restMs?: number;
}

const program = fileURLToPath(new URL('./scan-child.js', import.meta.url));
const maxRestMs = 300_000;
/** It keeps next to nothing and does little: a small heap, and code that is not optimised, save 10 MB of a login node. */
const execArgv = ['--max-semi-space-size=1', '--max-old-space-size=256', '--no-opt'];
/** Starting takes long on a busy host. */
const startTimeoutMs = 60_000;

/** Looks under way. */
interface Round {
  readonly looks: readonly Look[];
  readonly onAnswer: (look: Look, answer: Answer) => void;
  readonly resolve: (left: readonly Look[]) => void;
  readonly startedWallMs: number;
  answered: number;
  deadline: NodeJS.Timeout | undefined;
}

/** Makes ready to scan; a process is started with the first run. */
export function createScanProcess(settings: ScanSettings, events: ScanEvents, limits: ScanLimits): ScanProcess {
  const { timeoutMs, maxCpuSeconds = 60, restMs = 5000 } = limits;
  let child: ChildProcess | undefined;
  let round: Round | undefined;
  let hints: HintSettings | undefined;
  let folders: readonly string[] = [];
  let failures = 0;
  let restUntilMs = 0;
  let isUp = false;
  let isWorn = false;

  const tell = (message: ToScanner): void => {
    child?.send(message, () => {});
  };

  const start = (): void => {
    let started: ChildProcess;
    try {
      // A pipe: a child that has a terminal crashes at its end where that is gone by then.
      started = fork(program, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv });
    } catch (error) {
      // Some errors of the system come at once, such as ENOMEM, others as an event.
      setImmediate(() => fail(`the scanning process: ${messageOf(error)}`));
      return;
    }
    child = started;
    isUp = false;
    started.stderr?.on('data', (text) => process.stderr.write(text));
    started.on('message', (message: FromScanner) => {
      if (started === child) receive(message);
    });
    started.on('exit', (code, signal) => {
      if (started === child) fail(`the scanning process died (${signal ?? `exit code ${code}`})`);
    });
    started.on('error', (error) => {
      if (started === child) fail(`the scanning process: ${error.message}`);
    });
    tell({ kind: 'start', settings });
    if (hints !== undefined) tell({ kind: 'hints', settings: hints });
    tell({ kind: 'folders', folders });
  };

  const receive = (message: FromScanner): void => {
    switch (message.kind) {
      case 'up':
        isUp = true;
        if (round !== undefined) armDeadline(round);
        break;
      case 'answer':
        takeAnswer(message.answer);
        break;
      case 'done':
        isWorn = message.cpuSeconds > maxCpuSeconds;
        endRound();
        break;
      case 'hints':
        events.onHints(message.hints);
        break;
      case 'bell':
        events.onBell();
        break;
      case 'file':
        events.onFile(message.file);
        break;
      case 'limited':
        events.onLimited(message.reason);
        break;
    }
  };

  const takeAnswer = (answer: Answer): void => {
    if (failures > 0) events.onStall(null);
    failures = 0;
    const look = round?.looks[round.answered];
    if (round === undefined || look === undefined) return;
    round.answered += 1;
    armDeadline(round);
    round.onAnswer(look, answer);
  };

  const armDeadline = (armed: Round): void => {
    clearTimeout(armed.deadline);
    const ms = isUp ? timeoutMs : startTimeoutMs;
    armed.deadline = setTimeout(() => fail(`no answer for ${ms / 1000} s`), ms);
  };

  const endRound = (): void => {
    const ended = round;
    round = undefined;
    clearTimeout(ended?.deadline);
    ended?.resolve(ended.looks.slice(ended.answered));
  };

  /** The look under way gets an answer that says so, and the process is given up. */
  const fail = (reason: string): void => {
    drop();
    failures += 1;
    restUntilMs = performance.now() + Math.min(maxRestMs, restMs * 2 ** (failures - 1));
    const look = round?.looks[round.answered];
    if (round !== undefined && look !== undefined) {
      if (failures === 1) events.onStall(round.startedWallMs);
      round.answered += 1;
      const path = 'path' in look ? look.path : '';
      const trouble = { kind: 'unobservable', reason } as const;
      round.onAnswer(look, { observation: { kind: 'trouble', of: look.kind, path, trouble }, ops: 1 });
    }
    endRound();
  };

  /** Forgets the process: it is dead, or will be whenever the system lets go of it. */
  const drop = (): void => {
    const dropped = child;
    child = undefined;
    dropped?.kill('SIGKILL');
    if (dropped?.connected) dropped.disconnect();
    if (dropped !== undefined) leave(dropped);
  };

  return {
    get pid() {
      return child?.pid;
    },
    restMs: () => Math.max(0, restUntilMs - performance.now()),
    setHints(next) {
      hints = next;
      tell({ kind: 'hints', settings: next });
      tell({ kind: 'folders', folders });
    },
    setFolders(next) {
      folders = next;
      tell({ kind: 'folders', folders });
    },
    run(looks, onAnswer) {
      if (isWorn) drop();
      isWorn = false;
      if (child === undefined && isProgramReplaced()) {
        // Another version may mean something else by the same words; its own watcher will do these looks.
        restUntilMs = performance.now() + restMs;
        return Promise.resolve(looks);
      }
      if (child === undefined) start();
      return new Promise((resolve) => {
        round = { looks, onAnswer, resolve, startedWallMs: Date.now(), answered: 0, deadline: undefined };
        armDeadline(round);
        tell({ kind: 'look', looks });
      });
    },
    async close() {
      endRound();
      const ending = child;
      child = undefined;
      if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
      await new Promise<void>((resolve) => {
        const force = setTimeout(() => {
          ending.kill('SIGKILL');
          leave(ending);
          resolve();
        }, 1000);
        ending.once('exit', () => {
          clearTimeout(force);
          resolve();
        });
        ending.disconnect();
      });
    },
  };
}

/** This process may end before it: one that hangs in a system call cannot even be killed. */
function leave(child: ChildProcess): void {
  child.unref();
  if (child.stderr instanceof Socket) child.stderr.unref();
}
