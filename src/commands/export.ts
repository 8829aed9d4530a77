import { escapeText } from '../escape-text.js';
import { type TableFormat, tableFormats } from '../outputs/table-export.js';
import { type Command, choiceOption, newCommand } from './command.js';
import { type CommandContext, rootFlag } from './context.js';
import { askWatcher } from './control.js';
import { exportTable, type TableName, tableNames } from './export-table.js';
import { examples, shownPath } from './help.js';
import { doOnce } from './once.js';
import { exportElsewhere } from './ring.js';
import { sayOnce } from './watch.js';

interface ExportOptions {
  readonly root?: string;
  readonly table?: TableName;
  readonly format?: TableFormat;
}

/** `tlw export`: the workbook, now. */
export function exportCommand(context: CommandContext): Command {
  return newCommand('export')
    .description(
      'Has the watcher write the workbook now, and waits for it; a watcher on another login node is rung for. Where no ' +
        'watcher runs it reads what is new below the root and writes the workbook itself.',
    )
    .option('--root <dir>', 'the folder that holds the experiments')
    .addOption(choiceOption('--table <table>', 'print this sheet instead, of what was read until now', tableNames))
    .addOption(choiceOption('--format <format>', 'how to print it', tableFormats))
    .addHelpText('after', examples('tlw export --root OUTPUTS', 'tlw export --table epochs --format csv > epochs.csv'))
    .action(async (options: ExportOptions) => {
      if (options.table !== undefined || options.format !== undefined) {
        await exportTable(context, options, options.table ?? 'experiments', options.format ?? 'csv');
        return;
      }
      const loaded = context.loadConfig([rootFlag(options.root)]);
      const exported = (await askWatcher(context, loaded, 'export')) ?? (await exportElsewhere(context, loaded));
      if (exported !== undefined) return sayWorkbook(context, exported);
      const startedMs = performance.now();
      const done = await doOnce(context, loaded, { patienceMs: 0, settings: () => ({}) });
      sayOnce(context, { ...done, workbook: null });
      if (done.workbook === null && (done.errors.length > 0 || !loaded.config.outputs.workbook)) return;
      const { rows, workbookPath } = done;
      const notices = done.workbook?.notices ?? [];
      sayWorkbook(context, {
        path: done.workbook?.path ?? workbookPath,
        ...{ rows, notices, tookMs: performance.now() - startedMs },
      });
    });
}

function sayWorkbook({ stdout, folder }: CommandContext, exported: unknown): void {
  const { path, rows, tookMs, notices } = Object(exported);
  const seconds = (Number(tookMs) / 1000).toFixed(1);
  const what = rows === 1 ? 'experiment' : 'experiments';
  stdout.write(`workbook: ${shownPath(String(path), folder)}, ${rows} ${what}, ${seconds} s\n`);
  for (const notice of Array.isArray(notices) ? notices : []) stdout.write(`note: ${escapeText(String(notice))}\n`);
}
