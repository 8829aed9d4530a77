import { type Heartbeat, isAliveElsewhere } from '../daemon/heartbeat.js';
import { escapeText } from '../escape-text.js';
import { type Command, newCommand } from './command.js';
import { type CommandContext, rootFlag } from './context.js';
import { ageOf, askWatcher, maybeLastHeartbeat, noWatcher } from './control.js';
import { examples } from './help.js';
import { describeUsage } from './usage-text.js';

/** `tlw status`: what the watcher of a root is doing. */
export function statusCommand(context: CommandContext): Command {
  return newCommand('status')
    .description(
      'Shows whether a watcher of the root runs, what it is doing, and what is amiss. A watcher on another login node is ' +
        'known by its heartbeat, which is at most some minutes old. Exits with 69 where none runs.',
    )
    .option('--root <dir>', 'the folder that holds the experiments')
    .option('--json', 'as JSON')
    .addHelpText('after', examples('tlw status --root OUTPUTS', 'tlw status --json'))
    .action(async (options: { root?: string; json?: true }) => {
      const loaded = context.loadConfig([rootFlag(options.root)]);
      const status = (await askWatcher(context, loaded, 'status')) ?? (await heardElsewhere(context, loaded));
      context.stdout.write(options.json ? `${JSON.stringify(status, null, 2)}\n` : describe(status));
    });
}

/** `tlw rescan`: look at everything now. */
export function rescanCommand(context: CommandContext): Command {
  return newCommand('rescan')
    .description(
      'Has the watcher look at everything below the root, or below a folder of it, and waits until what can be read was read.',
    )
    .argument('[path]', 'a folder or log, relative to the root')
    .option('--root <dir>', 'the folder that holds the experiments')
    .option('--accept-deletions', 'what is missing was deleted: no outage')
    .addHelpText('after', examples('tlw rescan', 'tlw rescan experiments_2_nodes --accept-deletions'))
    .action(async (path: string | undefined, options: { root?: string; acceptDeletions?: true }) => {
      const loaded = context.loadConfig([rootFlag(options.root)]);
      const argument = { path: path?.replace(/\/+$/, ''), acceptDeletions: options.acceptDeletions };
      const status = await askWatcher(context, loaded, 'rescan', argument);
      if (status === undefined) throw noWatcher(loaded, 'rescan', await maybeLastHeartbeat(context, loaded));
      context.stdout.write(describe(status));
    });
}

/** `tlw reload`: read the config again. */
export function reloadCommand(context: CommandContext): Command {
  return newCommand('reload')
    .description(
      'Has the watcher read its config again. Where that is wrong the watcher keeps the old one, and the mistakes are shown.',
    )
    .option('--root <dir>', 'the folder that holds the experiments')
    .addHelpText('after', examples('tlw reload'))
    .action(async (options: { root?: string }) => {
      const loaded = context.loadConfig([rootFlag(options.root)]);
      if ((await askWatcher(context, loaded, 'reload')) === undefined)
        throw noWatcher(loaded, 'reload', await maybeLastHeartbeat(context, loaded));
      context.stdout.write('the config was read again\n');
    });
}

/** What a watcher on another host says of itself; throws where none can be taken to run. */
async function heardElsewhere(
  context: CommandContext,
  loaded: ReturnType<CommandContext['loadConfig']>,
): Promise<Heartbeat> {
  const heartbeat = await maybeLastHeartbeat(context, loaded);
  if (heartbeat === undefined || !isAliveElsewhere(heartbeat)) throw noWatcher(loaded, 'status', heartbeat);
  const where = `the watcher runs on ${heartbeat.host} and cannot be reached from here`;
  context.stderr.write(`tlw: ${where}; this is its heartbeat of ${ageOf(heartbeat)}\n`);
  return heartbeat;
}

function describe(status: unknown): string {
  const { root, host, pid, text, health, fileSystem, unreadable, usage } = Object(status);
  const lines = [
    `${String(root)}: ${String(text)}`,
    `on ${String(host)}, process ${String(pid)}; file system ${String(fileSystem ?? 'not known yet')}`,
    describeUsage(usage),
    ...listOf(health).map((sentence) => `trouble: ${String(sentence)}`),
    ...listOf(unreadable).map(
      (folder) => `cannot be looked at: ${String(Object(folder).path)}: ${String(Object(folder).reason)}`,
    ),
  ];
  return lines.map((line) => `${escapeText(line)}\n`).join('');
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
