import { resolve } from 'node:path';
import { escapeText } from '../escape-text.js';
import { mergeNotes } from '../outputs/workbook/merge-notes.js';
import { mostWorkbookBytes, parseUserWorkbook, type UserWorkbook } from '../outputs/workbook/user-workbook.js';
import { readWholeFile } from '../read-file.js';
import { readAllUserNotes, readNoteTimes, setUserNotes } from '../store/notes.js';
import { readOverviews } from '../store/read-overviews.js';
import { exitCodes, UserError } from '../user-error.js';
import { type Command, newCommand } from './command.js';
import type { CommandContext } from './context.js';
import { examples } from './help.js';
import { withLiveStore } from './live-store.js';

/** `tlw notes`: notes that were typed elsewhere. */
export function notesCommand(context: CommandContext): Command {
  const command = newCommand('notes')
    .description('Notes, tags and keep marks that were typed into a copy of the workbook, on a laptop for instance.')
    .addHelpText('after', examples('tlw notes merge ~/laptop/master.xlsx'));
  command.addCommand(
    newCommand('merge')
      .summary('merge the notes of a copy into the database')
      .description(
        'Takes over what was changed in the copy since it was written; what was changed on both sides is kept from both, and listed.',
      )
      .argument('<workbook>', 'the copy')
      .option('--root <dir>', 'the folder that holds the experiments')
      .addHelpText('after', examples('tlw notes merge ~/laptop/master.xlsx'))
      .action((path: string, options: { root?: string }) => merge(context, path, options)),
  );
  return command;
}

async function merge(context: CommandContext, path: string, { root }: { root?: string }): Promise<void> {
  const workbook = await readWorkbook(resolve(context.folder, path));
  withLiveStore(context, root, (store) => {
    const merged = mergeNotes({
      rows: workbook.rows,
      experiments: readOverviews(store),
      others: readAllUserNotes(store),
      noteTimes: readNoteTimes(store),
      isDatabaseOlder: true,
    });
    for (const [key, notes] of merged.changes) setUserNotes(store, key, notes);
    const count = merged.changes.size;
    context.stdout.write(
      `${count === 0 ? 'nothing new' : `notes of ${count} ${count === 1 ? 'experiment' : 'experiments'} taken over`}\n`,
    );
    for (const { key, field, merged: text } of merged.conflicts) {
      context.stdout.write(`changed on both sides: ${escapeText(`${field} of ${key}: now "${text}"`)}\n`);
    }
  });
}

async function readWorkbook(path: string): Promise<UserWorkbook> {
  const refuse = (expected: string, cause?: unknown): UserError =>
    new UserError(
      `${path}: expected ${expected}${cause instanceof Error ? `; ${cause.message}` : ''}`,
      exitCodes.noInput,
      { cause },
    );
  let bytes: Buffer;
  try {
    ({ bytes } = readWholeFile(path, { mostBytes: mostWorkbookBytes }));
  } catch (error) {
    throw refuse('a workbook', error);
  }
  const workbook = await parseUserWorkbook(bytes).catch((error: unknown) =>
    Promise.reject(refuse('a copy of master.xlsx', error)),
  );
  if (!workbook) throw refuse('a copy of master.xlsx, got a workbook that is none');
  return workbook;
}
