import { readUserNotes, setUserNotes } from '../store/notes.js';
import type { UserNotes } from '../summary.js';
import { exitCodes, UserError } from '../user-error.js';
import { type Command, newCommand } from './command.js';
import type { CommandContext } from './context.js';
import { findExperiment } from './find-experiment.js';
import { examplesWithSession } from './help.js';
import { withLiveStore } from './live-store.js';

/** `tlw note`: what a person has to say about an experiment. */
export function noteCommand(context: CommandContext): Command {
  return newCommand('note')
    .description(
      'Sets the note of an experiment, the same as in the workbook’s column Notes; without a text it prints it. "" removes it.',
    )
    .argument('<experiment>', 'its name, or the beginning or a part of it')
    .argument('[text]', 'the note')
    .option('--root <dir>', 'the folder that holds the experiments')
    .addHelpText('after', examplesWithSession('note', 'tlw note lr_0.01 "the one in the paper"', 'tlw note lr_0.01'))
    .action((text: string, note: string | undefined, options: { root?: string }) => {
      const notes = changeNotes(context, options, text, (before) =>
        note === undefined ? before : { ...before, notes: note },
      );
      if (note === undefined) context.stdout.write(`${notes.notes}\n`);
    });
}

/** `tlw tag`: words to find experiments by. */
export function tagCommand(context: CommandContext): Command {
  return newCommand('tag')
    .description(
      'Adds tags to an experiment, the same as in the workbook’s column Tags, or removes them with --remove; without tags it prints them.',
    )
    .argument('<experiment>', 'its name, or the beginning or a part of it')
    .argument('[tags...]', 'words')
    .option('--remove', 'remove these tags instead')
    .option('--root <dir>', 'the folder that holds the experiments')
    .addHelpText(
      'after',
      examplesWithSession(
        'tag',
        'tlw tag lr_0.01 good paper',
        'tlw tag lr_0.01 good --remove',
        'tlw top --where "tags~good"',
      ),
    )
    .action((text: string, tags: string[], options: { root?: string; remove?: true }) => {
      for (const tag of tags)
        if (!/^[^\s,;]+$/.test(tag))
          throw new UserError(`"${tag}": expected a tag without blanks and commas`, exitCodes.usage);
      const after = changeNotes(context, options, text, (before) => ({
        ...before,
        tags: withTags(before.tags, tags, options.remove === true),
      }));
      if (tags.length === 0) context.stdout.write(`${after.tags.join(' ')}\n`);
    });
}

/** Tags with more of them, or with some removed. */
export function withTags(tags: readonly string[], wanted: readonly string[], remove: boolean): string[] {
  return remove ? tags.filter((tag) => !wanted.includes(tag)) : [...new Set([...tags, ...wanted])];
}

/** Replaces the notes of the one experiment that `text` means, in the live database; the watcher may be running. */
export function changeNotes(
  context: CommandContext,
  { root }: { root?: string },
  text: string,
  edit: (before: UserNotes) => UserNotes,
): UserNotes {
  return withLiveStore(context, root, (store) => {
    const key = findExperiment(store, text);
    const after = edit(readUserNotes(store, key));
    setUserNotes(store, key, after);
    return after;
  });
}
