/** The only file that knows commander. */

import { Command, CommanderError, Option } from 'commander';

export type { Command } from 'commander';

/** A command, or the program itself; mistakes in its use are thrown, see `maybeUsageExit`. */
export function newCommand(name: string): Command {
  return new Command(name)
    .helpOption('-h, --help', 'show this help')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(inOurWords(text)) });
}

/** As all other errors begin; and what to do about a name that looks like an option. */
function inOurWords(text: string): string {
  const hint = /^error: unknown option '-[^-]/.test(text) ? " (names that begin with '-' go behind --)" : '';
  return text.replace(/^error: (.*)/, (_, message: string) => `tlw: ${message}${hint}`);
}

/** A command that can only be listed and named, by the words behind its name: `[options] <experiment>`. */
export function listedCommand(name: string, usage: string): Command {
  const command = newCommand(name);
  for (const word of usage.split(' ').filter((each) => each !== '')) {
    if (word === '[options]') command.option('--any');
    else command.argument(word);
  }
  return command;
}

/** Where an error is the end of parsing: 0 after help or version, else not 0. The user was told already. */
export function maybeUsageExit(error: unknown): number | undefined {
  return error instanceof CommanderError ? error.exitCode : undefined;
}

/** An option whose value is one of a list; `initial` where it is not given. */
export function choiceOption(flags: string, description: string, choices: readonly string[], initial?: string): Option {
  const option = new Option(flags, description).choices([...choices]);
  return initial === undefined ? option : option.default(initial);
}
