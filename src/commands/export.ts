import { escapeText } from '../escape-text.js';
import { type Command, newCommand } from './command.js';
import { type CommandContext, rootFlag } from './context.js';
import { askWatcher } from './control.js';
import { examples, shownPath } from './help.js';
import { doOnce } from './once.js';
import { sayOnce } from './watch.js';

/** `tlw export`: the workbook, now. */
export function exportCommand(context: CommandContext): Command {
  return newCommand('export')
    .summary('write the workbook now')
    .description(
      'Has the watcher write the workbook now, and waits for it. Where no watcher runs it reads what is new below the root ' +
        'and writes the workbook itself.',
    )
    .option('--root <dir>', 'the folder that holds the experiments')
    .addHelpText('after', examples('tlw export --root OUTPUTS'))
    .action(async (options: { root?: string }) => {
      const loaded = context.loadConfig([rootFlag(options.root)]);
      const exported = await askWatcher(context, loaded, 'export');
      if (exported === undefined) {
        sayOnce(context, await doOnce(context, loaded, { patienceMs: 0, settings: () => ({}) }));
        return;
      }
      const { path, rows, tookMs, notices } = Object(exported);
      const seconds = (Number(tookMs) / 1000).toFixed(1);
      context.stdout.write(`workbook: ${shownPath(String(path), context.folder)}, ${rows} experiments, ${seconds} s\n`);
      for (const notice of Array.isArray(notices) ? notices : []) {
        context.stdout.write(`note: ${escapeText(String(notice))}\n`);
      }
    });
}
