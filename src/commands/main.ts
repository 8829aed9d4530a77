/** From arguments to an exit code: builds the program, runs the command, and says what went wrong. */

import { fstatSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError } from '../config/config-error.js';
import { rememberedConfig } from '../config/remembered-config.js';
import type { EarlySignals } from '../early-signals.js';
import { escapeText } from '../escape-text.js';
import { type ExitCode, exitCodes, UserError } from '../user-error.js';
import { maybeUsageExit } from './command.js';
import type { CommandContext } from './context.js';
import { makeCommands } from './index.js';
import { libraries } from './libraries.js';
import { createProgram, type SharedOptions } from './program.js';

/** Runs the command that the words name; never throws. */
export async function main(words: readonly string[], signals: EarlySignals): Promise<number> {
  let exitCode: ExitCode = exitCodes.ok;
  const program = createProgram();
  const context: CommandContext = {
    stdout: process.stdout,
    stderr: process.stderr,
    environment: process.env,
    folder: process.cwd(),
    signals,
    loadConfig: (flags = []) => load(program.opts<SharedOptions>(), flags),
    logMessages: ({ config }, stream = process.stderr) =>
      libraries.logMessages().createLogMessages({
        ...config.log,
        stream,
        isTerminal: process.stderr.isTTY === true,
        isJournal: isJournal(),
        environment: process.env,
      }),
    onStop: (stop) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
    },
    setExitCode: (code) => {
      exitCode = code;
    },
  };
  try {
    for (const command of await makeCommands(context, words)) program.addCommand(command);
    await program.parseAsync([...words], { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(error);
  }
}

function load(
  { config, set = [], logFormat, quiet, verbose }: SharedOptions,
  flags: Parameters<CommandContext['loadConfig']>[0] & object,
) {
  const level = quiet ? 'warn' : verbose ? 'debug' : undefined;
  const sources = {
    environment: process.env,
    file: config === undefined ? undefined : resolve(config),
    settings: set,
    flags: [
      { path: 'log.format', value: logFormat, where: '--log-format' },
      { path: 'log.level', value: level, where: quiet ? '--quiet' : '--verbose' },
      ...flags,
    ].filter(({ value }) => value !== undefined),
    folder: process.cwd(),
  };
  return rememberedConfig(sources, () => libraries.config().loadConfig(sources));
}

/** journald says which stream it reads, so that a redirected one is not taken for its own. */
function isJournal(): boolean {
  const { dev, ino } = fstatSync(2);
  return process.env.JOURNAL_STREAM === `${dev}:${ino}`;
}

/** Says on stderr what went wrong, and gives the exit code. */
function report(error: unknown): number {
  const usage = maybeUsageExit(error);
  if (usage !== undefined) return usage === 0 ? exitCodes.ok : exitCodes.usage;
  if (error instanceof ConfigError) return complain(error.message.split('\n'), exitCodes.config);
  if (error instanceof UserError) return complain([error.message], error.exitCode);
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return complain(['this is a fault of the program, please report it', ...text.split('\n')], exitCodes.internal);
}

function complain(lines: readonly string[], code: ExitCode): ExitCode {
  for (const line of lines) process.stderr.write(`tlw: ${escapeText(line)}\n`);
  return code;
}
