import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { databaseOf, fileSystemAt, stateFolderOf } from '../daemon/places.js';
import { readUserNotes, setUserNotes } from '../store/notes.js';
import { closeStore, openStore } from '../store/open.js';
import type { UserNotes } from '../summary.js';
import { exitCodes, UserError } from '../user-error.js';
import { archivedTag } from './archived-tag.js';
import { type Command, newCommand } from './command.js';
import { type CommandContext, rootFlag } from './context.js';
import { findExperiment } from './find-experiment.js';
import { examples } from './help.js';

/** `tlw note`: what a person has to say about an experiment. */
export function noteCommand(context: CommandContext): Command {
  return newCommand('note')
    .summary('write a note on an experiment')
    .description(
      'Sets the note of an experiment, the same as in the workbook’s column Notes; without a text it prints it. "" removes it.',
    )
    .argument('<experiment>', 'its name, or the beginning or a part of it')
    .argument('[text]', 'the note')
    .option('--root <dir>', 'the folder that holds the experiments')
    .addHelpText('after', examples('tlw note lr_0.01 "the one in the paper"', 'tlw note lr_0.01'))
    .action((text: string, note: string | undefined, options: { root?: string }) => {
      const notes = change(context, options, text, (before) =>
        note === undefined ? before : { ...before, notes: note },
      );
      if (note === undefined) context.stdout.write(`${notes.notes}\n`);
    });
}

/** `tlw tag`: words to find experiments by. */
export function tagCommand(context: CommandContext): Command {
  return newCommand('tag')
    .summary('add or remove tags of an experiment')
    .description(
      'Adds tags to an experiment, the same as in the workbook’s column Tags, or removes them with --remove; without tags it prints them.',
    )
    .argument('<experiment>', 'its name, or the beginning or a part of it')
    .argument('[tags...]', 'words')
    .option('--remove', 'remove these tags instead')
    .option('--root <dir>', 'the folder that holds the experiments')
    .addHelpText(
      'after',
      examples('tlw tag lr_0.01 good paper', 'tlw tag lr_0.01 good --remove', 'tlw top --where "tags~good"'),
    )
    .action((text: string, tags: string[], options: { root?: string; remove?: true }) => {
      for (const tag of tags)
        if (!/^[^\s,;]+$/.test(tag))
          throw new UserError(`"${tag}": expected a tag without blanks and commas`, exitCodes.usage);
      const after = change(context, options, text, (before) => ({
        ...before,
        tags: withTags(before.tags, tags, options.remove === true),
      }));
      if (tags.length === 0) context.stdout.write(`${after.tags.join(' ')}\n`);
    });
}

/** `tlw archive`: out of sight, not out of the database. */
export function archiveCommand(context: CommandContext): Command {
  return newCommand('archive')
    .summary('keep an experiment out of the leaderboard')
    .description(
      `Tags an experiment as ${archivedTag}, which keeps it out of tlw top; nothing is deleted. --restore takes it back.`,
    )
    .argument('<experiments...>', 'each by its name, or the beginning or a part of it')
    .option('--restore', 'show them again')
    .option('--root <dir>', 'the folder that holds the experiments')
    .addHelpText('after', examples('tlw archive lr_1e-05', 'tlw archive lr_1e-05 --restore'))
    .action((texts: string[], options: { root?: string; restore?: true }) => {
      for (const text of texts)
        change(context, options, text, (before) => ({
          ...before,
          tags: withTags(before.tags, [archivedTag], options.restore === true),
        }));
    });
}

function withTags(tags: readonly string[], wanted: readonly string[], remove: boolean): string[] {
  return remove ? tags.filter((tag) => !wanted.includes(tag)) : [...new Set([...tags, ...wanted])];
}

/** Replaces the notes of the one experiment that `text` means, in the live database; the watcher may be running. */
function change(
  context: CommandContext,
  { root }: { root?: string },
  text: string,
  edit: (before: UserNotes) => UserNotes,
): UserNotes {
  const { config } = context.loadConfig([rootFlag(root)]);
  const folder = resolve(config.root ?? context.folder);
  const file = databaseOf(stateFolderOf(folder, config, context.environment));
  if (!existsSync(file))
    throw new UserError(
      `${folder}: expected a root that tlw has read on this host; notes go into its database`,
      exitCodes.noInput,
    );
  const store = openStore(file, { fileSystem: fileSystemAt(file).isLocal ? 'local' : 'remote' });
  try {
    const key = findExperiment(store, text);
    const after = edit(readUserNotes(store, key));
    setUserNotes(store, key, after);
    return after;
  } finally {
    closeStore(store);
  }
}
