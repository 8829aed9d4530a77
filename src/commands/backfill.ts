import type { LoadedConfig } from '../config.js';
import { findUnpackaged } from '../daemon/backfill/find.js';
import type { JobOptions } from '../daemon/backfill/script.js';
import { cutShards, type Shard, usualTasks } from '../daemon/backfill/shards.js';
import { readBackfillStatus } from '../daemon/backfill/status.js';
import { backfillFolderOf, jobScriptOf, submitBackfill } from '../daemon/backfill/submit.js';
import { isReadAsUsual } from '../daemon/packaged-run.js';
import { escapeText } from '../escape-text.js';
import { formatBytes } from '../outputs/report/format.js';
import { exitCodes, UserError } from '../user-error.js';
import { statusText } from './backfill-status.js';
import { type Command, newCommand } from './command.js';
import { type CommandContext, rootFlag } from './context.js';
import { examples } from './help.js';
import { sentenceOf, workOff } from './parse-beside.js';
import { positive } from './positive.js';
import { createProgressBar } from './progress-bar.js';
import { requireDialects, requireFolder, requireRoot } from './requirements.js';

interface BackfillWords {
  readonly root?: string;
  readonly slurm?: true;
  readonly local?: string;
  readonly status?: true;
  readonly dryRun?: true;
  readonly tasks?: string;
  readonly partition?: string;
  readonly time?: string;
  readonly account?: string;
  readonly prolog?: string;
}

/** `tlw backfill`: the heavy part of many logs, in jobs. */
export function backfillCommand(context: CommandContext): Command {
  return newCommand('backfill')
    .description(
      'Lists the finished logs below a root that have no package of their present state, cuts the list into parts of about ' +
        'equal work, and submits them as one array job, each task of which writes the package and the report beside its logs. ' +
        'Running it again goes on with what is left. The watcher, or tlw watch --once, then takes the packages over.',
    )
    .argument('[root]', 'the folder that holds the experiments')
    .option('--root <dir>', 'the same')
    .option('--slurm', 'submit an array job by sbatch')
    .option('--local <n>', 'do it here and now, with so many processes')
    .option('--status', 'how far the last one is')
    .option('--dry-run', 'only print the job script and the parts')
    .option('--tasks <n>', 'into how many parts; one for about 500 logs where it is left out')
    .option('--partition <name>', 'for sbatch')
    .option('--time <limit>', 'for sbatch: the time limit of a task')
    .option('--account <name>', 'for sbatch')
    .option('--prolog <commands>', 'shell commands that each task runs first')
    .addHelpText(
      'after',
      examples(
        'tlw backfill --slurm OUTPUTS --partition short --time 30 --prolog "module load nodejs"',
        'tlw backfill --status OUTPUTS',
        'tlw backfill --local 8 OUTPUTS',
      ),
    )
    .action((root: string | undefined, options: BackfillWords) => backfill(context, root, options));
}

async function backfill(context: CommandContext, rootWord: string | undefined, options: BackfillWords): Promise<void> {
  const chosen = [options.slurm, options.local, options.status, options.dryRun].filter((each) => each !== undefined);
  if (chosen.length !== 1 && !(options.dryRun && options.slurm && chosen.length === 2))
    throw new UserError('expected one of --slurm, --local N, --status and --dry-run', exitCodes.usage);
  const loaded = context.loadConfig([rootFlag(rootWord ?? options.root)]);
  const root = requireRoot(loaded);
  await requireFolder(root);
  await requireDialects(loaded);
  if (!isReadAsUsual(loaded.config))
    throw new UserError(
      'launcher, rankPrefix, dialects, steps: expected them as they are by default, since the watcher cannot know with which a package was made',
      exitCodes.config,
    );
  if (options.status) return showStatus(context, root, loaded);
  const shards = await findShards(context, root, loaded, options);
  if (shards.length === 0) return;
  const { local, dryRun } = options;
  const submission = { root, config: loaded.config, shards, ...jobOptionsOf(options) };
  if (dryRun) {
    context.stdout.write(`${jobScriptOf(submission, `${backfillFolderOf(root, loaded.config)}/TIME`)}\n`);
    for (const [index, shard] of shards.entries()) context.stdout.write(shardText(shard, index + 1));
    return;
  }
  if (local !== undefined) {
    const logs = shards.flatMap((shard) => shard.logs.map(({ file }) => `${root}/${file}`));
    const processes = positive('--local', local);
    const parsed = await workOff(context, { root, logs, config: loaded.config, processes });
    context.stdout.write(`${sentenceOf(parsed)}\n`);
    return;
  }
  const jobId = await submitBackfill(submission, Date.now);
  context.stdout.write(
    `submitted as job ${jobId}: ${shards.length} tasks (tlw backfill --status shows how far they are)\n`,
  );
}

async function findShards(context: CommandContext, root: string, { config }: LoadedConfig, options: BackfillWords) {
  const bar = createProgressBar(context.stderr, config.log.level === 'info');
  try {
    const found = await findUnpackaged(root, config, (logs) => bar.onRead(logs, 0));
    const { unpackaged, packaged, growing } = found;
    const tasks = options.tasks === undefined ? usualTasks(unpackaged.length) : positive('--tasks', options.tasks);
    bar.stop();
    context.stderr.write(
      `${unpackaged.length} finished logs without a package, ${packaged} with one, ${growing} that may still grow\n`,
    );
    return cutShards(unpackaged, tasks);
  } finally {
    bar.stop();
  }
}

/** sbatch reads each of these up to a blank. */
function jobOptionsOf(options: BackfillWords): JobOptions {
  const words = (['partition', 'time', 'account'] as const).flatMap((name) => {
    const value = options[name];
    if (value !== undefined && !/^[\w.,:@+-]+$/.test(value))
      throw new UserError(`--${name}: expected a word as sbatch knows it, got "${value}"`, exitCodes.usage);
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(words), ...(options.prolog !== undefined && { prolog: options.prolog }) };
}

function shardText({ logs, sizeBytes }: Shard, task: number): string {
  const lines = logs.map(({ file }) => `  ${escapeText(file)}\n`);
  return `# shard-${task}: ${logs.length} logs, ${formatBytes(sizeBytes)}\n${lines.join('')}`;
}

async function showStatus(context: CommandContext, root: string, { config }: LoadedConfig): Promise<void> {
  const status = await readBackfillStatus(root, config);
  if (status === undefined) throw new UserError(`${root}: no backfill was submitted for it`, exitCodes.noInput);
  context.stdout.write(statusText(status, Date.now()));
}
