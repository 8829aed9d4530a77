import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { packageRoot } from '../package.js';
import { exitCodes, UserError } from '../user-error.js';
import { type Command, newCommand } from './command.js';
import type { CommandContext } from './context.js';
import { examples, shownPath } from './help.js';
import { doOnce } from './once.js';
import { errorLines } from './watch.js';

const shippedExperiments = join(packageRoot, 'examples', 'experiments');
/** Keeps the demonstration's database beside its experiments, so that deleting the folder leaves nothing behind. */
const stateName = '.state';

/** `tlw demo`: the whole job, on the experiments that ship with the program. */
export function demoCommand(context: CommandContext): Command {
  return newCommand('demo')
    .description('Copies the example experiments into a folder, reads them, and says where the results are.')
    .argument('<dir>', 'a new folder, or one that a demo made')
    .addHelpText('after', examples('tlw demo /tmp/demo'))
    .action(async (dir: string) => {
      const root = resolve(context.folder, dir);
      copyExamples(root);
      const loaded = context.loadConfig([
        { path: 'root', value: root, where: 'tlw demo' },
        { path: 'stateDir', value: join(root, stateName), where: 'tlw demo' },
      ]);
      const { read, workbook, errors } = await doOnce(context, loaded, {
        patienceMs: 0,
        // The examples were over long ago.
        settings: () => ({ settleMs: 0, quietMs: 0, attributeAgeMs: 0 }),
      });
      if (errors.length > 0) throw new UserError(errorLines(errors).join('; '), exitCodes.cannotCreate);
      context.stdout.write(describe(root, read, workbook?.path ?? join(root, 'master.xlsx'), context.folder));
    });
}

function copyExamples(root: string): void {
  const isOurs = existsSync(join(root, stateName));
  if (existsSync(root) && !isOurs && readdirSync(root).length > 0) {
    throw new UserError(
      `${root}: expected a new or empty folder for the demo, got one with files in it`,
      exitCodes.usage,
    );
  }
  cpSync(shippedExperiments, root, { recursive: true, preserveTimestamps: true, force: false });
}

function describe(root: string, read: number, workbook: string, folder: string): string {
  const reports = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tlw.pdf'));
  const shown = (path: string): string => shownPath(path, folder);
  const [first = ''] = reports.sort();
  return [
    read > 0 ? `${read} experiments read.` : 'Nothing has changed since the last time.',
    '',
    'Workbook, a row for each experiment:',
    `  ${shown(workbook)}`,
    `Reports, ${reports.length} PDFs, each beside its log:`,
    `  ${shown(join(root, first))}`,
    '  and so on; the same as JSON and as CSV lies beside each',
    '',
    'Your own experiments:',
    '  tlw watch --root DIR',
    '',
  ].join('\n');
}
