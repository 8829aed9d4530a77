import { readNames } from '../store/find-keys.js';
import { type Command, choiceOption, newCommand } from './command.js';
import type { CommandContext } from './context.js';
import { withData } from './data.js';
import { examples } from './help.js';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/** Commands whose argument is an experiment. */
const withExperiment = 'show compare ranks explain note tag archive';

/** `tlw completion`: the shell completes commands and the names of experiments. */
export function completionCommand(context: CommandContext): Command {
  return newCommand('completion')
    .summary('let the shell complete commands and experiments')
    .description(
      'Prints a script for the shell. With --names it prints the names of the experiments, which that script asks for.',
    )
    .addOption(choiceOption('--shell <shell>', 'for which shell', shells, 'bash'))
    .option('--names', 'print the names of the experiments')
    .option('--root <dir>', 'the folder that holds the experiments')
    .addHelpText('after', examples('eval "$(tlw completion --shell bash)"', 'tlw completion --shell fish | source'))
    .action((options: { shell: Shell; names?: true; root?: string }) => {
      if (options.names)
        withData(context, options, ({ store }) => {
          context.stdout.write(
            readNames(store)
              .map((name) => `${name}\n`)
              .join(''),
          );
        });
      else context.stdout.write(scripts[options.shell]);
    });
}

const listCommands = `tlw help | sed -n '/^Commands:/,/^$/s/^  \\([a-z][a-z]*\\).*/\\1/p'`;

const scripts: Readonly<Record<Shell, string>> = {
  bash: `_tlw() {
  local current=\${COMP_WORDS[COMP_CWORD]} words
  if [ "$COMP_CWORD" -eq 1 ]; then words=$(${listCommands})
  elif [[ " ${withExperiment} " == *" \${COMP_WORDS[1]} "* ]]; then words=$(tlw completion --names 2>/dev/null)
  else COMPREPLY=($(compgen -f -- "$current")); return; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _tlw tlw training-log-wizard
`,
  zsh: `#compdef tlw training-log-wizard
_tlw() {
  if (( CURRENT == 2 )); then compadd -- \${(f)"$(${listCommands})"}
  elif [[ " ${withExperiment} " == *" \${words[2]} "* ]]; then compadd -- \${(f)"$(tlw completion --names 2>/dev/null)"}
  else _files; fi
}
compdef _tlw tlw training-log-wizard
`,
  fish: `complete -c tlw -n '__fish_use_subcommand' -f -a "(${listCommands})"
complete -c tlw -n '__fish_seen_subcommand_from ${withExperiment}' -f -a '(tlw completion --names 2>/dev/null)'
`,
};
