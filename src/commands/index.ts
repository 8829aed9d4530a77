import { type Command, listedCommand } from './command.js';
import type { CommandContext } from './context.js';
import { optimiseLate } from './optimise-late.js';

type CommandMaker = (context: CommandContext) => Command;

interface Entry {
  /** What stands behind its name in the list of commands: `[options] <experiment>`. */
  readonly usage: string;
  readonly summary: string;
  /** Its answer should be there within a moment. */
  readonly isQuestion?: true;
  readonly load: () => Promise<CommandMaker>;
}

/** Every command, in the order of the help. Loaded when called for: asking the data must not wait for what draws. */
export const commands: Readonly<Record<string, Entry>> = {
  watch: {
    usage: '[options]',
    summary: 'read the logs below a root as they finish, and keep its results up to date',
    load: async () => (await import('./watch.js')).watchCommand,
  },
  parse: {
    usage: '[options] [log]',
    summary: 'read one log, and print what it says',
    load: async () => (await import('./parse.js')).parseCommand,
  },
  backfill: {
    usage: '[options] [root]',
    summary: 'have many logs read and drawn by jobs of Slurm, or by several processes',
    load: async () => (await import('./backfill.js')).backfillCommand,
  },
  export: {
    usage: '[options]',
    summary: 'write the workbook now',
    load: async () => (await import('./export.js')).exportCommand,
  },
  status: {
    usage: '[options]',
    summary: 'what the watcher is doing',
    load: async () => (await import('./watcher.js')).statusCommand,
  },
  rescan: {
    usage: '[options] [path]',
    summary: 'have the watcher look at everything now',
    load: async () => (await import('./watcher.js')).rescanCommand,
  },
  reload: {
    usage: '[options]',
    summary: 'have the watcher read its config again',
    load: async () => (await import('./watcher.js')).reloadCommand,
  },
  doctor: {
    usage: '[options]',
    summary: 'check that everything is as it should be here',
    load: async () => (await import('./doctor.js')).doctorCommand,
  },
  demo: {
    usage: '<dir>',
    summary: 'do the whole job on example experiments, to see what comes out',
    load: async () => (await import('./demo.js')).demoCommand,
  },
  top: {
    usage: '[options]',
    summary: 'the best experiments',
    isQuestion: true,
    load: async () => (await import('./top.js')).topCommand,
  },
  runs: {
    usage: '[options]',
    summary: 'all experiments and what became of them',
    isQuestion: true,
    load: async () => (await import('./runs.js')).runsCommand,
  },
  live: {
    usage: '[options]',
    summary: 'a screen of what runs: progress, time left, last losses',
    isQuestion: true,
    load: async () => (await import('./live.js')).liveCommand,
  },
  show: {
    usage: '[options] <experiment>',
    summary: 'one experiment on one screen',
    isQuestion: true,
    load: async () => (await import('./show.js')).showCommand,
  },
  compare: {
    usage: '[options] <experiments...>',
    summary: 'experiments side by side',
    isQuestion: true,
    load: async () => (await import('./compare.js')).compareCommand,
  },
  ranks: {
    usage: '[options] <experiment>',
    summary: 'which rank is the odd one, and why',
    isQuestion: true,
    load: async () => (await import('./ranks.js')).ranksCommand,
  },
  explain: {
    usage: '[options] <experiment> <metric>',
    summary: 'where a figure comes from',
    isQuestion: true,
    load: async () => (await import('./explain.js')).explainCommand,
  },
  sweep: {
    usage: '[options]',
    summary: 'the grid of a sweep: coverage, holes, failures',
    isQuestion: true,
    load: async () => (await import('./sweep.js')).sweepCommand,
  },
  scaling: {
    usage: '[options]',
    summary: 'speed-up, efficiency, and what quality costs',
    isQuestion: true,
    load: async () => (await import('./scaling.js')).scalingCommand,
  },
  effects: {
    usage: '[options]',
    summary: 'which settings matter for a metric',
    isQuestion: true,
    load: async () => (await import('./effects.js')).effectsCommand,
  },
  failures: {
    usage: '[options]',
    summary: 'dead runs, clustered by their last words',
    isQuestion: true,
    load: async () => (await import('./failures.js')).failuresCommand,
  },
  report: {
    usage: '[options] [experiment]',
    summary: 'a PDF or a web page of the whole sweep, or the PDF of one experiment',
    load: async () => (await import('./report.js')).reportCommand,
  },
  notes: {
    usage: '',
    summary: 'take notes back from a copy of the workbook',
    load: async () => (await import('./notes.js')).notesCommand,
  },
  note: {
    usage: '[options] <experiment> [text]',
    summary: 'write a note on an experiment',
    isQuestion: true,
    load: async () => (await import('./note.js')).noteCommand,
  },
  tag: {
    usage: '[options] <experiment> [tags...]',
    summary: 'add or remove tags of an experiment',
    isQuestion: true,
    load: async () => (await import('./note.js')).tagCommand,
  },
  archive: {
    usage: '[options] [experiments...]',
    summary: 'keep experiments out of the leaderboard, or copies of all of them in a safe place',
    load: async () => (await import('./archive.js')).archiveCommand,
  },
  import: {
    usage: '[options] <paths...>',
    summary: 'take in packages from elsewhere, from an archive or of the earlier tool',
    load: async () => (await import('./import.js')).importCommand,
  },
  completion: {
    usage: '[options]',
    summary: 'let the shell complete commands and experiments',
    isQuestion: true,
    load: async () => (await import('./completion.js')).completionCommand,
  },
  service: {
    usage: '',
    summary: 'install, remove or look at the systemd user service',
    load: async () => (await import('./service.js')).serviceCommand,
  },
  config: {
    usage: '[options]',
    summary: 'show the options in force, and where each comes from',
    load: async () => (await import('./config.js')).configCommand,
  },
};

/** The commands that the words name; where they name none, all of them for the list in the help and for suggestions, without what they do. */
export async function makeCommands(context: CommandContext, words: readonly string[]): Promise<Command[]> {
  const named = Object.keys(commands).filter((name) => words.includes(name));
  if (named.length > 0 && named.every((name) => commands[name]?.isQuestion)) optimiseLate();
  if (named.length > 0) return loadCommands(context, named);
  return Object.entries(commands).map(([name, { usage, summary }]) => listedCommand(name, usage).summary(summary));
}

/** Commands by their names; all of them where no name is given. */
export async function loadCommands(context: CommandContext, names = Object.keys(commands)): Promise<Command[]> {
  return Promise.all(
    names.map(async (name) => {
      const entry = commands[name];
      if (entry === undefined) throw new RangeError(`${name}: no such command`);
      return (await entry.load())(context).summary(entry.summary);
    }),
  );
}
