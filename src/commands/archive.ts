import { resolve } from 'node:path';
import { writeArchive } from '../daemon/archive.js';
import { readShareGroup } from '../daemon/share-group.js';
import { exitCodes, UserError } from '../user-error.js';
import { archivedTag } from './archived-tag.js';
import { type Command, newCommand } from './command.js';
import { type CommandContext, rootFlag } from './context.js';
import { examplesWithSession, shownPath } from './help.js';
import { withLiveStore } from './live-store.js';
import { changeNotes, withTags } from './note.js';

interface ArchiveOptions {
  readonly root?: string;
  readonly restore?: true;
  readonly to?: string;
}

/** `tlw archive`: experiments out of sight, or all of them to a safe place. */
export function archiveCommand(context: CommandContext): Command {
  return newCommand('archive')
    .description(
      `Tags experiments as ${archivedTag}, which keeps them out of tlw top; nothing is deleted. --restore takes it back. ` +
        'With --to, and no experiment named, it writes a copy of every package, with notes and tags, into a folder: what has ' +
        'changed since the last time. tlw import takes it back.',
    )
    .argument('[experiments...]', 'each by its name, or the beginning or a part of it')
    .option('--restore', 'show them again')
    .option('--to <dir>', 'copy all packages into this folder')
    .option('--root <dir>', 'the folder that holds the experiments')
    .addHelpText(
      'after',
      examplesWithSession(
        'archive',
        'tlw archive lr_1e-05',
        'tlw archive lr_1e-05 --restore',
        'tlw archive --to ~/archive/sweep',
      ),
    )
    .action(async (texts: string[], options: ArchiveOptions) => {
      const { to, restore, root } = options;
      if ((to === undefined) === (texts.length === 0) || (to !== undefined && restore))
        throw new UserError('expected experiments to tag, or --to DIR for copies of all', exitCodes.usage);
      if (to === undefined) {
        for (const text of texts)
          changeNotes(context, options, text, (before) => ({
            ...before,
            tags: withTags(before.tags, [archivedTag], restore === true),
          }));
        return;
      }
      const folder = resolve(context.folder, to);
      const shareGroupId = readShareGroup(context.loadConfig([rootFlag(root)]).config.shareGroup);
      const { written, unchanged } = await withLiveStore(context, root, (store) =>
        writeArchive(store, folder, shareGroupId),
      );
      context.stdout.write(
        `${written} packages written, ${unchanged} unchanged: ${shownPath(folder, context.folder)}\n`,
      );
    });
}
