#!/usr/bin/env node
/** From the arguments to a command; the only file that reads them, and the only one that sets the exit code. */

import { fstatSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, maybeUsageExit, newCommand } from './commands/command.js';
import type { CommandContext } from './commands/context.js';
import { examples } from './commands/help.js';
import { ConfigError, loadConfig } from './config.js';
import { AlreadyRunningError } from './daemon/lease.js';
import { NoLocksError } from './daemon/lock.js';
import { RootError } from './daemon/reload-once.js';
import { escapeText } from './escape-text.js';
import { createLogMessages } from './log-messages.js';
import { program as packageProgram } from './package.js';
import { SchemaError } from './store/migrate.js';
import { exitCodes, UserError } from './user-error.js';

const program = newCommand('tlw')
  .description('Turns the logs of distributed training runs into a database, reports and a workbook.')
  .option('-c, --config <file>', 'a config file, besides those that are read anyway')
  .option(
    '--set <option=value>',
    'set an option of the config, such as depth=2 (may be given several times)',
    append,
    [],
  )
  .option('--log-format <format>', 'text, systemd, json or auto')
  .option('-q, --quiet', 'say only what went wrong')
  .option('-v, --verbose', 'say more')
  .version(packageProgram.version, '-V, --version', 'print the version')
  .addHelpText('after', examples('tlw watch --root OUTPUTS --once', 'tlw parse train.log', 'tlw watch --help'))
  .showHelpAfterError('(--help shows what is possible)');

const context: CommandContext = {
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  folder: process.cwd(),
  loadConfig: (flags = []) => {
    const { config, set, logFormat, quiet, verbose } = program.opts<SharedOptions>();
    const level = quiet ? 'warn' : verbose ? 'debug' : undefined;
    return loadConfig({
      environment: process.env,
      file: config === undefined ? undefined : resolve(config),
      settings: set,
      flags: [
        { path: 'log.format', value: logFormat, where: '--log-format' },
        { path: 'log.level', value: level, where: quiet ? '--quiet' : '--verbose' },
        ...flags,
      ].filter(({ value }) => value !== undefined),
      folder: process.cwd(),
    });
  },
  logMessages: ({ config }, stream = process.stderr) =>
    createLogMessages({
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
    process.exitCode = code;
  },
};

interface SharedOptions {
  readonly config?: string;
  readonly set: string[];
  readonly logFormat?: string;
  readonly quiet?: true;
  readonly verbose?: true;
}

/** Loaded when called for: drawing and workbooks take a second to load, and asking the data must not. */
const commands = {
  watch: async () => (await import('./commands/watch.js')).watchCommand,
  parse: async () => (await import('./commands/parse.js')).parseCommand,
  export: async () => (await import('./commands/export.js')).exportCommand,
  demo: async () => (await import('./commands/demo.js')).demoCommand,
  top: async () => (await import('./commands/top.js')).topCommand,
  runs: async () => (await import('./commands/runs.js')).runsCommand,
  show: async () => (await import('./commands/show.js')).showCommand,
  compare: async () => (await import('./commands/compare.js')).compareCommand,
  ranks: async () => (await import('./commands/ranks.js')).ranksCommand,
  explain: async () => (await import('./commands/explain.js')).explainCommand,
  sweep: async () => (await import('./commands/sweep.js')).sweepCommand,
  scaling: async () => (await import('./commands/scaling.js')).scalingCommand,
  effects: async () => (await import('./commands/effects.js')).effectsCommand,
  failures: async () => (await import('./commands/failures.js')).failuresCommand,
  note: async () => (await import('./commands/note.js')).noteCommand,
  tag: async () => (await import('./commands/note.js')).tagCommand,
  archive: async () => (await import('./commands/note.js')).archiveCommand,
  completion: async () => (await import('./commands/completion.js')).completionCommand,
  service: async () => (await import('./commands/service.js')).serviceCommand,
  config: async () => (await import('./commands/config.js')).configCommand,
} satisfies Record<string, () => Promise<(context: CommandContext) => Command>>;

// A reader that has seen enough, as in `tlw parse LOG | head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? exitCodes.ok : exitCodes.inputOutput),
);
addCommands(process.argv.slice(2))
  .then(() => program.parseAsync())
  .catch((error: unknown) => {
    process.exitCode = report(error);
  });

/** Adds the commands that the arguments name; all of them where they name none, for help and for suggestions. */
async function addCommands(words: readonly string[]): Promise<void> {
  const named = Object.entries(commands).filter(([name]) => words.includes(name));
  const wanted = named.length > 0 && words[0] !== 'help' ? named : Object.entries(commands);
  for (const [, load] of wanted) program.addCommand((await load())(context));
}

function append(value: string, values: string[]): string[] {
  return [...values, value];
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
  if (error instanceof AlreadyRunningError) return complain([error.message], exitCodes.unavailable);
  if (error instanceof NoLocksError) return complain([error.message], exitCodes.config);
  if (error instanceof RootError) return complain([error.message], exitCodes.noInput);
  if (error instanceof SchemaError) return complain([error.message], exitCodes.config);
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return complain(['this is a fault of the program, please report it', ...text.split('\n')], exitCodes.internal);
}

function complain(lines: readonly string[], code: number): number {
  for (const line of lines) process.stderr.write(`tlw: ${escapeText(line)}\n`);
  return code;
}
