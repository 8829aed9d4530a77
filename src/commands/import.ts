import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { archiveIndexName, readArchiveIndex } from '../daemon/archive.js';
import { type ImportedFile, importFile } from '../daemon/import-file.js';
import { escapeText } from '../escape-text.js';
import { exitCodes, UserError } from '../user-error.js';
import { type Command, newCommand } from './command.js';
import type { CommandContext } from './context.js';
import { examples, shownPath } from './help.js';
import { withLiveStore } from './live-store.js';

/** `tlw import`: experiments whose logs lie elsewhere. */
export function importCommand(context: CommandContext): Command {
  return newCommand('import')
    .description(
      'Takes JSON packages, folders of them (such as tlw archive --to makes), and the JSON packages and the CSV spreadsheet of the ' +
        'earlier Python tool into the database of a root. An experiment whose log lies in the root is left as it is.',
    )
    .argument('<paths...>', 'files, or folders that are searched for *.json and *.csv')
    .option('--root <dir>', 'the folder that holds the experiments')
    .addHelpText('after', examples('tlw import ~/archive/sweep', 'tlw import old/results.csv --root OUTPUTS'))
    .action((paths: string[], { root }: { root?: string }) => {
      const files = paths.flatMap((path) => filesOf(resolve(context.folder, path)));
      if (files.length === 0) throw new UserError('expected packages, got folders without any', exitCodes.noInput);
      withLiveStore(
        context,
        root,
        (store) => {
          const totals = { taken: 0, unchanged: 0, left: 0 };
          for (const { file, entry } of files) {
            const imported = importFile(store, file, entry);
            totals.taken += imported.taken;
            totals.unchanged += imported.unchanged;
            totals.left += imported.left.length;
            say(context, shownPath(file, context.folder), imported);
          }
          context.stdout.write(`${totals.taken} taken, ${totals.unchanged} unchanged, ${totals.left} not taken\n`);
          if (totals.left > 0 && totals.taken + totals.unchanged === 0) context.setExitCode(exitCodes.noInput);
        },
        { create: true },
      );
    });
}

function say({ stdout, stderr }: CommandContext, file: string, { taken, left, kind }: ImportedFile): void {
  if (kind !== null && kind !== 'package') stdout.write(`${file}: ${kind}, ${taken} taken\n`);
  for (const reason of left) stderr.write(`tlw: ${file}: not taken, ${escapeText(reason)}\n`);
}

/** Files with what an archive has beside them. */
function filesOf(path: string): { file: string; entry?: NonNullable<Parameters<typeof importFile>[2]> }[] {
  if (!existsSync(path))
    throw new UserError(`${path}: expected a package or a folder of them, got nothing`, exitCodes.noInput);
  if (!statSync(path).isDirectory()) return [{ file: path }];
  const index = readArchiveIndex(path);
  const entries = new Map([...(index ?? [])].map(([, entry]) => [join(path, entry.file), entry]));
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => join(path, name))
    .filter((file) => /\.(json|csv)$/i.test(file) && basename(file) !== archiveIndexName)
    .filter((file) => !/\.tlw\.csv$/i.test(file) && !dirname(file).includes('/.'))
    .sort()
    .map((file) => {
      const entry = entries.get(file);
      return entry === undefined ? { file } : { file, entry };
    });
}
