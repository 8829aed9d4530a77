/**
 * Signals that must not end or change the program, caught before anything else is loaded: Node would die of SIGUSR2 and
 * SIGHUP, and open a debugger to everybody on this host at SIGUSR1. What came early is handed on later.
 */

type Caught = 'SIGUSR1' | 'SIGUSR2' | 'SIGHUP';

export interface EarlySignals {
  /** Calls `act` whenever one of these signals comes, and at once where one has come already. */
  on(signal: Caught, act: () => void): void;
}

/** Catches the signals. */
export function catchSignals(): EarlySignals {
  const early = new Set<Caught>();
  const acts = new Map<Caught, () => void>();
  for (const signal of ['SIGUSR1', 'SIGUSR2', 'SIGHUP'] as const) {
    const handle = (): void => {
      const act = acts.get(signal);
      if (act === undefined) early.add(signal);
      else act();
    };
    process.on(signal, handle);
  }
  return {
    on(signal, act) {
      acts.set(signal, act);
      if (early.delete(signal)) act();
    },
  };
}
