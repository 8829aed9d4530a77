import type { LogMessages } from '../log-messages.js';
import { AlreadyRunningError, maybeHolder, takeLease } from './lease.js';
import { takeLock } from './lock.js';

/** That this process is the only daemon of a database. */
export interface Hold {
  /** Throws `AlreadyRunningError` where another daemon took over; to be called before anything is written. */
  require(): void;
  release(): void;
}

export interface HoldOptions {
  /** The state folder is on a local file system. */
  readonly isLocal: boolean;
  readonly log: LogMessages;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Takes lock and lease of a state folder. Throws `AlreadyRunningError` where another daemon has them, `NoLocksError` where
 * the file system knows no locks.
 */
export async function takeHold(stateFolder: string, { isLocal, log, signal }: HoldOptions): Promise<Hold> {
  const lock = takeLock(stateFolder);
  try {
    const lease = await takeLease(stateFolder, {
      isLocal,
      onWait: ({ host, pid }) =>
        log.info('waiting to see whether the daemon of another host still runs', { host, pid }),
      onLost: () => log.error('another daemon took over', { by: maybeHolder(stateFolder)?.host ?? null }),
      ...(signal !== undefined && { signal }),
    });
    return {
      require() {
        if (!lease.isOurs()) throw new AlreadyRunningError(maybeHolder(stateFolder));
      },
      release() {
        lease.release();
        lock.release();
      },
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}
