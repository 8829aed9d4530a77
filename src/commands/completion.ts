import { findCompletions } from '../store/find-keys.js';
import { type Command, choiceOption, newCommand } from './command.js';
import { type CompletedCommand, completionScript, type Shell, shells } from './completion-scripts.js';
import type { CommandContext } from './context.js';
import { withData } from './data.js';
import { examplesWithSession } from './help.js';

/** `tlw completion`: the shell completes commands, options, their values, and the names of experiments. */
export function completionCommand(context: CommandContext): Command {
  return newCommand('completion')
    .description(
      'Prints a script for the shell. With --names it prints the names of the experiments, which that script asks for.',
    )
    .addOption(choiceOption('--shell <shell>', 'for which shell', shells, 'bash'))
    .option('--names [text]', 'print the names that begin with a text, or the only one that contains it')
    .option('--root <dir>', 'the folder that holds the experiments')
    .addHelpText(
      'after',
      examplesWithSession(
        'completion',
        'eval "$(tlw completion --shell bash)"',
        'tlw completion --shell fish | source',
      ),
    )
    .action(async (options: { shell: Shell; names?: true | string; root?: string }) => {
      const { names } = options;
      if (names === undefined) {
        context.stdout.write(completionScript(options.shell, await completedCommands(context)));
        return;
      }
      await withData(context, options, ({ store }) => {
        const found = findCompletions(store, names === true ? '' : names);
        context.stdout.write(found.map((name) => `${name}\n`).join(''));
      });
    });
}

/** What there is to complete, as the commands themselves have it. */
async function completedCommands(context: CommandContext): Promise<CompletedCommand[]> {
  const { loadCommands } = await import('./index.js');
  const made = await loadCommands(context);
  return made.map((command) => ({
    name: command.name(),
    summary: command.summary(),
    takesExperiment: command.registeredArguments.some((argument) => /^experiments?$/.test(argument.name())),
    subcommands: command.commands.map((each) => each.name()),
    options: command.options.flatMap(({ long, description, argChoices }) =>
      long ? [{ flag: long, description, choices: argChoices ?? [] }] : [],
    ),
  }));
}
