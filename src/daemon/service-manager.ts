import { spawn } from 'node:child_process';

/** The service manager that started this process, where one did; Node cannot speak to its socket itself. */
export interface ServiceManager {
  ready(): void;
  /** Shown by `systemctl status`. Said only when it is another than the last one. */
  status(text: string): void;
  /** For its watchdog. */
  alive(): void;
  stopping(): void;
  /** How often it wants to hear from us, ms; null where it does not. */
  readonly watchdogMs: number | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Talks to systemd where it started this process, and to nobody elsewhere. */
export function createServiceManager(environment: Environment, tell = notify): ServiceManager {
  const isThere = environment.NOTIFY_SOCKET !== undefined;
  const say = (...words: string[]): void => {
    if (isThere) tell(words, environment);
  };
  const watchdogMs = Number(environment.WATCHDOG_USEC) / 1000;
  let last = '';
  return {
    ready: () => say('--ready'),
    status: (text) => {
      if (text !== last) say(`--status=${text}`);
      last = text;
    },
    alive: () => say('WATCHDOG=1'),
    stopping: () => say('STOPPING=1'),
    watchdogMs: isThere && watchdogMs > 0 ? watchdogMs : null,
  };
}

/** Where no process can be started just now, the next try may succeed. */
function notify(words: readonly string[], environment: Environment): void {
  spawn('systemd-notify', words, { stdio: 'ignore', env: { ...environment } }).on('error', () => {});
}
