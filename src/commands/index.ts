import type { Command } from './command.js';
import type { CommandContext } from './context.js';

type CommandMaker = (context: CommandContext) => Command;

/** Every command, in the order of the help. Loaded when called for: asking the data must not wait for what draws. */
export const commands: Readonly<Record<string, () => Promise<CommandMaker>>> = {
  watch: async () => (await import('./watch.js')).watchCommand,
  parse: async () => (await import('./parse.js')).parseCommand,
  backfill: async () => (await import('./backfill.js')).backfillCommand,
  export: async () => (await import('./export.js')).exportCommand,
  status: async () => (await import('./watcher.js')).statusCommand,
  rescan: async () => (await import('./watcher.js')).rescanCommand,
  reload: async () => (await import('./watcher.js')).reloadCommand,
  doctor: async () => (await import('./doctor.js')).doctorCommand,
  demo: async () => (await import('./demo.js')).demoCommand,
  top: async () => (await import('./top.js')).topCommand,
  runs: async () => (await import('./runs.js')).runsCommand,
  live: async () => (await import('./live.js')).liveCommand,
  show: async () => (await import('./show.js')).showCommand,
  compare: async () => (await import('./compare.js')).compareCommand,
  ranks: async () => (await import('./ranks.js')).ranksCommand,
  explain: async () => (await import('./explain.js')).explainCommand,
  sweep: async () => (await import('./sweep.js')).sweepCommand,
  scaling: async () => (await import('./scaling.js')).scalingCommand,
  effects: async () => (await import('./effects.js')).effectsCommand,
  failures: async () => (await import('./failures.js')).failuresCommand,
  report: async () => (await import('./report.js')).reportCommand,
  notes: async () => (await import('./notes.js')).notesCommand,
  note: async () => (await import('./note.js')).noteCommand,
  tag: async () => (await import('./note.js')).tagCommand,
  archive: async () => (await import('./archive.js')).archiveCommand,
  import: async () => (await import('./import.js')).importCommand,
  completion: async () => (await import('./completion.js')).completionCommand,
  service: async () => (await import('./service.js')).serviceCommand,
  config: async () => (await import('./config.js')).configCommand,
};

/** The commands that the words name; all of them where they name none, for help and for suggestions. */
export async function makeCommands(context: CommandContext, words: readonly string[]): Promise<Command[]> {
  const named = Object.entries(commands).filter(([name]) => words.includes(name));
  const wanted = named.length > 0 && words[0] !== 'help' ? named : Object.entries(commands);
  return Promise.all(wanted.map(async ([, load]) => (await load())(context)));
}
