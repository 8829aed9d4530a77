import { dirname, join } from 'node:path';
import { messageOf } from '../errors.js';
import { escapeText } from '../escape-text.js';
import { epochFlags, type Rank } from '../experiment.js';
import { openSource, readPart } from '../log/source.js';
import { formatFigure } from '../outputs/report/format.js';
import { exitCodes, UserError } from '../user-error.js';
import { type Command, newCommand } from './command.js';
import { type CommandContext, rootFlag } from './context.js';
import { ageNoteOn, withData } from './data.js';
import { findExperiment } from './find-experiment.js';
import { examplesWithSession, shownPath } from './help.js';
import { positive } from './positive.js';
import { type Format, printTable, withFormat } from './print-table.js';
import { rankOf } from './rank-of.js';
import { readWhole } from './read-whole.js';
import { maybeTimeInRoot } from './slow-root/ask-root.js';

interface ExplainOptions {
  readonly root?: string;
  readonly rank?: string;
  readonly epoch?: string;
  readonly format: Format;
}

/** Longest record that is shown. */
const recordBytes = 2000;

/** `tlw explain`: the very bytes of the log that a figure was read from. */
export function explainCommand(context: CommandContext): Command {
  const command = newCommand('explain')
    .description(
      'Shows file, byte offset and raw line of the record that a figure was read from; by default each rank’s last epoch.',
    )
    .argument('<experiment>', 'its name, or the beginning or a part of it')
    .argument('<metric>', 'such as val_loss')
    .option('--root <dir>', 'the folder that holds the experiments')
    .option('--rank <n>', 'only this rank')
    .option('--epoch <n>', 'this epoch instead of the last one');
  return withFormat(command)
    .addHelpText(
      'after',
      examplesWithSession('explain', 'tlw explain ppn_4 val_dsc', 'tlw explain ppn_4 val_dsc --rank 3 --epoch 17'),
    )
    .action(async (text: string, metric: string, options: ExplainOptions) => {
      const root = context.loadConfig([rootFlag(options.root)]).config.root ?? context.folder;
      // The log is read below, by this process.
      await maybeTimeInRoot(root, root);
      await withData(context, options, (data) => {
        const stored = readWhole(data, findExperiment(data.store, text));
        const { experiment } = stored;
        if (!experiment.run.metricNames.has(metric)) {
          throw new UserError(
            `${metric}: expected one of ${[...experiment.run.metricNames.keys()].join(', ')}`,
            exitCodes.usage,
          );
        }
        const ranks = options.rank === undefined ? experiment.run.ranks : [rankOf(stored, options.rank)];
        if (options.epoch !== undefined) positive('--epoch', options.epoch);
        const explained: Explained[] = [];
        for (const rank of ranks) {
          const row = rowOf(rank, metric, options.epoch);
          if (row === undefined) continue;
          const file = join(
            data.root,
            rank.file === undefined ? experiment.log.path : join(dirname(experiment.log.path), rank.file),
          );
          const printed = experiment.run.metricNames.get(metric) ?? metric;
          explained.push({ rank, metric, printed, row, file, folder: context.folder });
        }
        if (explained.length === 0)
          throw new UserError(
            `${metric}: no rank has it${options.epoch ? ` in epoch ${options.epoch}` : ''}`,
            exitCodes.noInput,
          );
        if (options.format !== 'table')
          return printTable(context, options.format, {
            columns,
            rows: explained.map(cellsOf),
            text: { default: formatFigure },
          });
        context.stdout.write(explained.map(explanation).join(''));
        context.stderr.write(`${ageNoteOn([stored], Date.now())}\n`);
      });
    });
}

function rowOf({ epochs }: Rank, metric: string, epoch: string | undefined): number | undefined {
  const column = epochs.metrics.get(metric);
  for (let i = epochs.length - 1; i >= 0; i -= 1) {
    if (column?.present[i] && (epoch === undefined || String(epochs.epoch[i]) === epoch)) return i;
  }
  return undefined;
}

interface Explained {
  readonly rank: Rank;
  readonly metric: string;
  /** Its name in the log. */
  readonly printed: string;
  readonly row: number;
  readonly file: string;
  /** From where the file is named. */
  readonly folder: string;
}

const columns = ['rank', 'epoch', 'segment', 'metric', 'value', 'file', 'byte', 'how', 'record'].map((header) => ({
  header,
}));

function cellsOf(explained: Explained) {
  const { metric, row, file, folder } = explained;
  const { rank, epochs } = explained.rank;
  const offset = epochs.offset[row] ?? 0;
  return [
    ...[rank ?? '?', epochs.epoch[row] ?? null, epochs.segment[row] ?? null, metric, figureOf(explained)],
    ...[shownPath(file, folder), offset, howOf(explained).join('; '), readRecord(file, offset).text],
  ];
}

function figureOf({ rank: { epochs }, metric, row }: Explained): number {
  return epochs.metrics.get(metric)?.values[row] ?? Number.NaN;
}

/** What was done to the record to read it; nothing where it stands in one piece under the metric's own name. */
function howOf({ rank: { epochs }, metric, printed, row }: Explained): string[] {
  const flags = epochs.flags[row] ?? 0;
  const how = [
    printed === metric ? null : `printed as ${printed}`,
    flags & epochFlags.partial ? 'from a progress update: the epoch’s own record never came' : null,
    flags & epochFlags.repaired ? 'joined from pieces between which something else was printed' : null,
  ];
  return how.filter((each) => each !== null);
}

function explanation(explained: Explained): string {
  const { metric, row, file, folder } = explained;
  const { rank, epochs } = explained.rank;
  const offset = epochs.offset[row] ?? 0;
  const how = howOf(explained);
  const record = readRecord(file, offset);
  return [
    `rank ${rank ?? '?'}, epoch ${epochs.epoch[row]}${(epochs.segment[row] ?? 1) > 1 ? ` of segment ${epochs.segment[row]}` : ''}: ${metric} = ${formatFigure(figureOf(explained))}${how.length > 0 ? ` (${escapeText(how.join('; '))})` : ''}`,
    `  ${shownPath(file, folder)} at byte ${offset}${record.note === null ? '' : ` (${record.note})`}`,
    `  ${escapeText(record.text)}`,
    '',
  ]
    .map((line) => `${line}\n`)
    .join('');
}

/** The line from `offset` on, or why it cannot be shown; and what the offset counts. */
function readRecord(file: string, offset: number): { readonly text: string; readonly note: string | null } {
  try {
    const source = openSource(file);
    try {
      const text = readPart(source, offset, recordBytes).toString('utf8');
      return { text: text.split('\n', 1)[0] ?? '', note: source.note };
    } finally {
      source.close();
    }
  } catch (error) {
    return { text: `(the log cannot be read: ${messageOf(error)})`, note: null };
  }
}
