/**
 * One daemon a database, also where locks do not reach other hosts: the lease. A file beside the database says who has it,
 * and its counter rises while that daemon lives. Who finds the counter standing still for long enough, by its own clock, may
 * take over; the former holder finds a foreign nonce before it writes again.
 */

import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readText } from '../read-file.js';
import { isNumber, isRecord, isText } from '../shape.js';
import { exitCodes, UserError } from '../user-error.js';
import { replaceFile } from './replace-file.js';

/** Who has the lease. */
export interface Holder {
  readonly host: string;
  /** Of the host's kernel: another one after each boot. */
  readonly bootId: string;
  readonly pid: number;
  /** ms since 1970. */
  readonly startedMs: number;
  readonly nonce: string;
  /** Rises while the holder lives; always 0 where locks are known to suffice. */
  readonly counter: number;
}

/** Another daemon has the database; `message` says who and where. */
export class AlreadyRunningError extends UserError {
  override readonly name = 'AlreadyRunningError';
  /** undefined where it left no word. */
  readonly holder: Holder | undefined;

  constructor(holder: Holder | undefined, cause?: unknown) {
    const whose = holder === undefined ? 'by whom is not known' : describe(holder);
    super(`already running: ${whose}`, exitCodes.unavailable, { cause });
    this.holder = holder;
  }
}

export interface Lease {
  /** Whether the lease is still ours, read anew unless that was a moment ago. To be asked before each batch of writes. */
  isOurs(): boolean;
  /** Gives it back. */
  release(): void;
}

export interface LeaseOptions {
  /** The state folder is on a local file system: the lock is enough, and nobody else need be waited for. */
  readonly isLocal: boolean;
  /** Called once where another host's daemon must be waited for. */
  readonly onWait?: (holder: Holder) => void;
  /** Called once when it is found that another daemon took over. */
  readonly onLost?: () => void;
  readonly signal?: AbortSignal;
  readonly me?: Pick<Holder, 'host' | 'bootId' | 'pid'>;
  readonly times?: Partial<typeof leaseTimes>;
}

/** Milliseconds. */
export const leaseTimes = {
  raise: 20_000,
  /** A counter that stands still for so long is nobody's. */
  dead: 90_000,
  look: 5000,
  /** How old the answer of `isOurs` may be. */
  trust: 10_000,
};

/**
 * Takes the lease of a state folder whose lock is already held. Waits up to `times.dead` for the daemon of another host to
 * prove dead; throws `AlreadyRunningError` when it shows that it lives.
 */
export async function takeLease(stateFolder: string, options: LeaseOptions): Promise<Lease> {
  const { isLocal, onWait, onLost, signal, me = whoAmI() } = options;
  const times = { ...leaseTimes, ...options.times };
  removeLeftovers(stateFolder);
  const before = maybeHolder(stateFolder);
  if (before !== undefined && before.host !== me.host && !isLocal) {
    onWait?.(before);
    await waitForDeath(stateFolder, before, times, signal);
  }
  let holder: Holder = { ...me, startedMs: Date.now(), nonce: randomBytes(8).toString('hex'), counter: 0 };
  writeHolder(stateFolder, holder);
  let readMs = performance.now();
  let isLost = false;

  const check = (): boolean => {
    const found = maybeHolder(stateFolder);
    // A file that is not there or cannot be read just now says nothing of another daemon.
    if (!isLost && found !== undefined && found.nonce !== holder.nonce) {
      isLost = true;
      onLost?.();
    }
    readMs = performance.now();
    return !isLost;
  };
  const raise = (): void => {
    if (!check()) {
      clearInterval(timer);
      return;
    }
    holder = { ...holder, counter: holder.counter + 1 };
    try {
      writeHolder(stateFolder, holder);
    } catch {
      // Tried again next time. Whoever takes over meanwhile is found by `isOurs` before anything is written.
    }
  };
  const timer = isLocal ? undefined : setInterval(raise, times.raise).unref();

  return {
    isOurs: () => (performance.now() - readMs < times.trust ? !isLost : check()),
    release: () => {
      clearInterval(timer);
      if (check()) rmSync(fileOf(stateFolder), { force: true });
    },
  };
}

/** Who has, or had, the lease of a state folder; undefined where nobody has, or its file cannot be read. */
export function maybeHolder(stateFolder: string): Holder | undefined {
  try {
    const found: unknown = JSON.parse(readText(fileOf(stateFolder)));
    return isHolder(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

const isHolder = isRecord<Holder>({
  host: isText,
  bootId: isText,
  pid: isNumber,
  startedMs: isNumber,
  nonce: isText,
  counter: isNumber,
});

async function waitForDeath(
  stateFolder: string,
  before: Holder,
  times: typeof leaseTimes,
  signal: AbortSignal | undefined,
): Promise<void> {
  const beganMs = performance.now();
  while (performance.now() - beganMs < times.dead) {
    await sleep(times.look, undefined, { signal });
    const now = maybeHolder(stateFolder);
    if (now === undefined) return;
    if (now.nonce !== before.nonce || now.counter !== before.counter) throw new AlreadyRunningError(now);
  }
}

function describe({ host, pid, startedMs }: Holder): string {
  return `host ${host}, pid ${pid}, since ${new Date(startedMs).toISOString()}`;
}

function writeHolder(stateFolder: string, holder: Holder): void {
  replaceFile(fileOf(stateFolder), `${JSON.stringify(holder, undefined, 2)}\n`, holder.nonce);
}

/** What a process that was killed in the middle of writing left. */
function removeLeftovers(stateFolder: string): void {
  for (const name of readdirSync(stateFolder))
    if (/^(daemon|heartbeat)\.json\..*\.tmp$/.test(name)) rmSync(join(stateFolder, name), { force: true });
}

function fileOf(stateFolder: string): string {
  return join(stateFolder, 'daemon.json');
}

function whoAmI(): Pick<Holder, 'host' | 'bootId' | 'pid'> {
  return { host: hostname(), bootId: readBootId(), pid: process.pid };
}

function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    return '';
  }
}
