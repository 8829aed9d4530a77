import { fieldOf, varyingSettings } from '../ask/fields.js';
import type { Status } from '../experiment.js';
import { statuses } from '../experiment.js';
import { formatDuration, formatFigure } from '../outputs/report/format.js';
import { type Command, choiceOption, newCommand } from './command.js';
import { conditionOf } from './conditions.js';
import type { CommandContext } from './context.js';
import { ageNote, withData } from './data.js';
import { examplesWithSession } from './help.js';
import { type Format, limitOf, printTable, withFormat, withLimit } from './print-table.js';

interface RunsOptions {
  readonly root?: string;
  readonly status?: Status[];
  readonly where?: string;
  readonly limit?: string;
  readonly format: Format;
}

/** `tlw runs`: every experiment, whatever became of it. */
export function runsCommand(context: CommandContext): Command {
  const command = newCommand('runs')
    .description(
      'Lists experiments, the latest change first, with their status, how far they came and their last words.',
    )
    .option('--root <dir>', 'the folder that holds the experiments')
    .addOption(choiceOption('--status <statuses...>', 'only these', statuses))
    .option('--where <condition>', 'only experiments such as "lr<=0.01 and status!=completed"');
  return withFormat(withLimit(command))
    .addHelpText('after', examplesWithSession('runs', 'tlw runs --status failed killed', 'tlw runs --where "epochs<5"'))
    .action((options: RunsOptions) =>
      withData(context, options, (data) => {
        const condition = conditionOf(data.experiments, options.where);
        const found = data.experiments
          .filter(
            (experiment) =>
              condition(experiment) && (!options.status || options.status.includes(experiment.run.status)),
          )
          .sort((a, b) => b.changedMs - a.changedMs || (a.key < b.key ? -1 : 1));
        const varying = varyingSettings(data.experiments);
        const limit = limitOf(options.limit, options.format);
        printTable(context, options.format, {
          columns: [
            { header: 'status' },
            { header: 'epochs', align: 'right' },
            { header: 'of', align: 'right' },
            { header: 'ranks', align: 'right', narrow: 'drop' },
            { header: 'time', align: 'right', narrow: 'drop' },
            ...varying.map((header) => ({ header, align: 'right', narrow: 'drop' }) as const),
            { header: 'experiment', narrow: 'shorten' },
            { header: 'last words', narrow: 'shorten' },
          ],
          rows: found
            .slice(0, limit)
            .map((experiment) => [
              experiment.run.status,
              experiment.summary.lastEpoch ?? 0,
              experiment.summary.plannedEpochs,
              experiment.summary.ranks,
              experiment.summary.totalTrainingTime,
              ...varying.map((name) => fieldOf(experiment, name) ?? null),
              experiment.name,
              shorten(experiment.run.reason ?? '', options.format),
            ]),
          text: { time: formatDuration, default: formatFigure },
        });
        if (options.format !== 'table') return;
        const more = found.length > limit ? `${limit} of ${found.length} shown; ` : '';
        const none = found.length === 0 && data.experiments.length > 0 ? 'none fits; ' : '';
        context.stderr.write(`${none}${more}${ageNote(data, Date.now())}\n`);
      }),
    );
}

/** A line of a terminal holds no novel. */
function shorten(words: string, format: Format): string {
  return format === 'table' && words.length > 60 ? `${words.slice(0, 59)}…` : words;
}
