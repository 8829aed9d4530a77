import { fieldNames, fieldOf, varyingSettings } from '../ask/fields.js';
import { groupBy } from '../ask/groups.js';
import { type Condition, parseWhere, WhereError } from '../ask/where.js';
import { formatDuration, formatFigure } from '../outputs/report/format.js';
import { finalOf, noiseOf, placesOf, sortExperiments } from '../outputs/workbook/order.js';
import type { ExperimentOverview, Objective } from '../summary.js';
import { exitCodes, UserError } from '../user-error.js';
import { type Command, choiceOption, newCommand } from './command.js';
import type { CommandContext } from './context.js';
import { ageNote, type Data, objectiveOf, withData } from './data.js';
import { examples } from './help.js';
import { archivedTag } from './note.js';
import { type Format, formats, printTable, type TextTable } from './print-table.js';

interface TopOptions {
  readonly root?: string;
  readonly by?: string;
  readonly min?: true;
  readonly max?: true;
  readonly where?: string;
  readonly groupBy?: string;
  readonly columns?: string;
  readonly limit: string;
  readonly all?: true;
  readonly format: Format;
}

/** `tlw top`: the leaderboard. */
export function topCommand(context: CommandContext): Command {
  return newCommand('top')
    .summary('the best experiments')
    .description(
      'Lists the finished experiments of a root by its objective, best first. Places within the noise of repeated runs are shared (=2).',
    )
    .option('--root <dir>', 'the folder that holds the experiments')
    .option('--by <metric>', 'judge by this metric instead of the root’s objective')
    .option('--min', 'lower is better')
    .option('--max', 'higher is better')
    .option('--where <condition>', 'only experiments such as "lr<=0.01 and bs=64"')
    .option('--group-by <settings>', 'one row for each combination of these settings: mean ± sd, n')
    .option('--columns <names>', 'settings, metrics and facts to show')
    .option('--limit <n>', 'at most so many rows', '20')
    .option('--all', 'those that did not finish, or were archived, as well')
    .addOption(choiceOption('--format <format>', 'how to print', formats, 'table'))
    .addHelpText(
      'after',
      examples('tlw top --by val_dsc', 'tlw top --where "lr<=0.01 and bs=64"', 'tlw top --group-by lr,bs --format md'),
    )
    .action((options: TopOptions) =>
      withData(context, options, (data) => {
        const objective = objectiveOf(data, options.by, directionFlag(options));
        const chosen = data.overviews.filter(conditionOf(data.overviews, options.where));
        const isFinished = ({ run }: ExperimentOverview): boolean =>
          run.status === 'completed' || run.status === 'early_stopped';
        const isArchived = ({ user }: ExperimentOverview): boolean => user.tags.includes(archivedTag);
        const shown = options.all ? chosen : chosen.filter((each) => isFinished(each) && !isArchived(each));
        const limit = positive('--limit', options.limit);
        const table =
          options.groupBy === undefined
            ? leaderboard(data, shown, objective, options.columns, limit)
            : grouped(shown, objective, listOf(options.groupBy), limit);
        printTable(context, options.format, table);
        if (options.format === 'table') {
          const arrow = objective.direction === 'max' ? 'higher is better' : 'lower is better';
          context.stderr.write(`by ${objective.metric}, ${arrow}; ${ageNote(data, Date.now())}\n`);
        }
      }),
    );
}

/** A condition of the command line; everything passes without one. */
export function conditionOf(
  overviews: readonly ExperimentOverview[],
  text: string | undefined,
): Condition<ExperimentOverview> {
  if (text === undefined) return () => true;
  const names = new Set(fieldNames(overviews));
  try {
    return parseWhere(text, fieldOf, (name) => names.has(name));
  } catch (error) {
    if (error instanceof WhereError) throw new UserError(error.message, exitCodes.usage, { cause: error });
    throw error;
  }
}

function leaderboard(
  data: Data,
  shown: readonly ExperimentOverview[],
  objective: Objective,
  columns: string | undefined,
  limit: number,
): TextTable {
  const sorted = sortExperiments(shown, objective);
  const places = placesOf(sorted, objective, noiseOf(data.overviews, objective));
  const fields =
    columns === undefined ? [...varyingSettings(data.overviews), 'ranks', 'epochs', 'time', 'name'] : listOf(columns);
  const known = new Set(fieldNames(data.overviews));
  for (const field of fields)
    if (!known.has(field))
      throw new UserError(`--columns: expected settings, metrics or facts, got "${field}"`, exitCodes.usage);
  return {
    columns: [
      { header: '#', align: 'right' },
      { header: objective.metric, align: 'right' },
      { header: 'best', align: 'right' },
      { header: 'at', align: 'right' },
      { header: 'status' },
      ...fields.map((header) => ({ header, align: header === 'name' ? 'left' : 'right' }) as const),
    ],
    rows: sorted.slice(0, limit).map((experiment) => {
      const metric = experiment.summary.metrics.get(objective.metric);
      return [
        places.get(experiment.key) ?? '',
        finalOf(experiment, objective.metric) ?? null,
        metric?.best ?? null,
        metric?.bestEpoch ?? null,
        experiment.run.status,
        ...fields.map((field) => fieldOf(experiment, field) ?? null),
      ];
    }),
    text: { time: (value) => formatDuration(value), default: formatFigure },
  };
}

function grouped(
  shown: readonly ExperimentOverview[],
  objective: Objective,
  fields: readonly string[],
  limit: number,
): TextTable {
  const groups = groupBy(shown, fields, objective);
  return {
    columns: [
      ...fields.map((header) => ({ header, align: 'right' }) as const),
      { header: `mean ${objective.metric}`, align: 'right' },
      { header: '± sd', align: 'right' },
      { header: 'n', align: 'right' },
      { header: 'tie with best' },
    ],
    rows: groups
      .slice(0, limit)
      .map(({ settings, mean, sd, n, isTie }) => [
        ...fields.map((field) => settings.get(field) ?? ''),
        mean,
        sd,
        n,
        isTie === null ? '?' : isTie ? 'yes' : 'no',
      ]),
    text: { default: formatFigure },
  };
}

function directionFlag({ min, max }: TopOptions): 'min' | 'max' | undefined {
  if (min && max) throw new UserError('--min and --max: expected one of them', exitCodes.usage);
  return min ? 'min' : max ? 'max' : undefined;
}

/** `a, b` → `['a', 'b']` */
export function listOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** A whole number from 1 of the command line. */
export function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new UserError(`${name}: expected a whole number from 1, got "${text}"`, exitCodes.usage);
}
