import type { LoadedConfig } from '../config.js';
import type { EarlySignals } from '../early-signals.js';
import type { LogMessages } from '../log-messages.js';
import type { ExitCode } from '../user-error.js';

/** What a command may use of the process it runs in. */
export interface CommandContext {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The folder that relative paths of the command line are meant from. */
  readonly folder: string;
  /** The config with the flags that all commands share and those of this command; throws a ConfigError. */
  loadConfig(flags?: readonly ConfigFlag[]): LoadedConfig;
  /** Log messages to stderr, or to a stream that leads there, as this config wants them. */
  logMessages(config: LoadedConfig, stream?: NodeJS.WritableStream): LogMessages;
  /** SIGUSR2 and SIGHUP, for the command that gives them a meaning. */
  readonly signals: EarlySignals;
  /** Calls `stop` once when the user (Ctrl-C) or the system asks the program to end. */
  onStop(stop: () => void): void;
  /** For commands whose exit code is a finding, not an error. */
  setExitCode(code: ExitCode): void;
}

/** A flag that sets an option of the config; left out where its value is undefined. */
export interface ConfigFlag {
  readonly path: string;
  readonly value: unknown;
  readonly where: string;
}

/** `--root DIR`, which most commands have. */
export function rootFlag(root: string | undefined): ConfigFlag {
  return { path: 'root', value: root, where: '--root' };
}
