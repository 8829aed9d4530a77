import { type Command, newCommand } from './command.js';
import { type CommandContext, rootFlag } from './context.js';
import { examples } from './help.js';
import { doOnce } from './once.js';
import { sayOnce } from './watch.js';

/** `tlw export`: the workbook, now. */
export function exportCommand(context: CommandContext): Command {
  return newCommand('export')
    .summary('write the workbook now')
    .description('Reads what is new below the root and writes the workbook, without waiting for the watcher.')
    .option('--root <dir>', 'the folder that holds the experiments')
    .addHelpText('after', examples('tlw export --root OUTPUTS'))
    .action(async (options: { root?: string }) => {
      const loaded = context.loadConfig([rootFlag(options.root)]);
      sayOnce(context, await doOnce(context, loaded, { patienceMs: 0, settings: () => ({}) }));
    });
}
