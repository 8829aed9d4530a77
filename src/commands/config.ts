import { stringify } from 'yaml';
import type { LoadedConfig } from '../config.js';
import { type Command, newCommand } from './command.js';
import { type CommandContext, rootFlag } from './context.js';
import { examples } from './help.js';

/** `tlw config`: the values in force and where each comes from. */
export function configCommand(context: CommandContext): Command {
  return newCommand('config')
    .description(
      'Shows every option with its value and where it comes from: a default, a file and line, a variable, a flag.',
    )
    .option('--root <dir>', 'the folder that holds the experiments')
    .option('--changed', 'only what is not a default')
    .option('--json', 'as JSON')
    .addHelpText('after', examples('tlw config', 'tlw config --changed', 'TLW_DEPTH=2 tlw config --json'))
    .action((options: { root?: string; changed?: true; json?: true }) => {
      const loaded = context.loadConfig([rootFlag(options.root)]);
      const rows = rowsOf(loaded).filter(({ origin }) => !options.changed || origin !== 'default');
      context.stdout.write(options.json ? `${JSON.stringify(rows, null, 2)}\n` : tableOf(rows, loaded));
    });
}

interface Row {
  readonly option: string;
  readonly value: unknown;
  readonly origin: string;
}

function rowsOf({ config, origins }: LoadedConfig): Row[] {
  return [...origins].map(([option, origin]) => ({ option, value: valueAt(config, option), origin }));
}

function tableOf(rows: readonly Row[], { files, warnings }: LoadedConfig): string {
  const lines = rows.map(({ option, value, origin }) => {
    const setting = `${option}: ${stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd()}`;
    return `${setting.padEnd(48)} # ${origin}\n`;
  });
  const heading = files.length === 0 ? 'no config file' : files.join(', ');
  return [`# ${heading}\n`, ...lines, ...warnings.map((warning) => `# warning: ${warning}\n`)].join('');
}

function valueAt(config: unknown, option: string): unknown {
  return option.split('.').reduce<unknown>((value, key) => Object(value)[key], config);
}
