import { fieldOf, varyingSettings } from '../ask/fields.js';
import type { Group } from '../ask/groups.js';
import { formatDuration, formatFigure } from '../outputs/report/format.js';
import { finalOf, firstExperiments, isFinished, noiseOf, placesOf } from '../outputs/workbook/order.js';
import type { ListedExperiment, Objective } from '../summary.js';
import { exitCodes, UserError } from '../user-error.js';
import { archivedTag } from './archived-tag.js';
import { type Command, newCommand } from './command.js';
import { conditionOf, requireField } from './conditions.js';
import type { CommandContext } from './context.js';
import { ageNote, type Data, objectiveOf, withData } from './data.js';
import { examplesWithSession } from './help.js';
import { type Format, limitOf, printTable, type TextTable, withFormat, withLimit } from './print-table.js';

interface TopOptions {
  readonly root?: string[];
  readonly by?: string;
  readonly min?: true;
  readonly max?: true;
  readonly where?: string;
  readonly groupBy?: string;
  readonly columns?: string;
  readonly limit?: string;
  readonly all?: true;
  readonly format: Format;
}

/** Stands for all settings that vary and do not only tell repeats apart. */
const everyConfiguration = 'repeats';

/** `tlw top`: the leaderboard. */
export function topCommand(context: CommandContext): Command {
  const command = newCommand('top')
    .description(
      'Lists the finished experiments of a root by its objective, best first. Places within the noise of repeated runs are shared (=2).',
    )
    .option(
      '--root <dir>',
      'the folder that holds the experiments; given several times: all of them together',
      (root: string, roots: string[] = []) => [...roots, root],
    )
    .option('--by <metric>', 'judge by this metric instead of the root’s objective')
    .option('--min', 'lower is better')
    .option('--max', 'higher is better')
    .option('--where <condition>', 'only experiments such as "lr<=0.01 and bs=64"')
    .option(
      '--group-by <settings>',
      `one row for each combination of these settings: mean ± sd, n; "${everyConfiguration}": of all, but seeds and the like`,
    )
    .option('--columns <names>', 'settings, metrics and facts to show')
    .option('--all', 'those that did not finish, or were archived, as well');
  return withFormat(withLimit(command))
    .addHelpText(
      'after',
      examplesWithSession(
        'top',
        'tlw top --by val_dsc',
        'tlw top --where "lr<=0.01 and bs=64"',
        'tlw top --group-by lr,bs --format md',
        'tlw top --root sweep1 --root sweep2',
      ),
    )
    .action(async (options: TopOptions) => {
      const roots = options.root ?? [];
      // Only groups need the library of statistics.
      const { groupBy } = options.groupBy === undefined ? { groupBy: undefined } : await import('../ask/groups.js');
      const ask = (data: Data): void => {
        const objective = objectiveOf(data, options.by, { direction: directionFlag(options) });
        const chosen = data.experiments.filter(conditionOf(data.experiments, options.where));
        const shown = options.all ? chosen : chosen.filter((each) => isFinished(each.run.status) && !isArchived(each));
        const limit = limitOf(options.limit, options.format);
        const table =
          groupBy && options.groupBy !== undefined
            ? grouped(groupBy(shown, fieldsOf(data, options.groupBy), objective), objective, limit)
            : leaderboard(data, shown, objective, options.columns, limit);
        printTable(context, options.format, table);
        if (options.format !== 'table') return;
        const arrow = objective.direction === 'max' ? 'higher is better' : 'lower is better';
        const isAsked = data.experiments.length > 0 && shown.length === 0;
        const none = isAsked ? `none ${chosen.length > 0 ? 'of them finished (--all shows them)' : 'fits'}; ` : '';
        context.stderr.write(`${none}by ${objective.metric}, ${arrow}; ${ageNote(data, Date.now())}\n`);
      };
      if (roots.length > 1) await (await import('./several-roots.js')).withRoots(context, roots, ask);
      else await withData(context, { root: roots[0] }, ask);
    });
}

function isArchived({ user }: ListedExperiment): boolean {
  return user.tags.includes(archivedTag);
}

function leaderboard(
  data: Data,
  shown: readonly ListedExperiment[],
  objective: Objective,
  columns: string | undefined,
  limit: number,
): TextTable {
  const { repeatKeys } = data.config;
  // One more than is shown tells whether the last place is shared.
  const sorted = firstExperiments(shown, objective, limit + 1);
  const places = placesOf(sorted, objective, noiseOf(data.experiments, objective, repeatKeys));
  const usual = ['#', objective.metric, 'best', 'at', 'status'];
  const fields =
    columns === undefined ? [...varyingSettings(data.experiments), 'ranks', 'epochs', 'time', 'name'] : listOf(columns);
  for (const field of fields) requireField(data.experiments, '--columns', field);
  const more = [...new Set(fields)].filter((field) => !usual.includes(field));
  return {
    columns: [
      { header: '#', align: 'right' },
      { header: objective.metric, align: 'right' },
      { header: 'best', align: 'right' },
      { header: 'at', align: 'right', narrow: 'drop' },
      { header: 'status', narrow: 'drop' },
      ...more.map((header) =>
        header === 'name' || header === 'key'
          ? ({ header, narrow: 'shorten' } as const)
          : ({ header, align: 'right', narrow: 'drop' } as const),
      ),
    ],
    rows: sorted.slice(0, limit).map((experiment) => {
      const metric = experiment.summary.metrics.get(objective.metric);
      return [
        places.get(experiment.key) ?? '',
        finalOf(experiment, objective.metric) ?? null,
        metric?.best ?? null,
        metric?.bestEpoch ?? null,
        experiment.run.status,
        ...more.map((field) => fieldOf(experiment, field) ?? null),
      ];
    }),
    text: { time: formatDuration, default: formatFigure },
  };
}

function fieldsOf({ experiments, config }: Data, text: string): string[] {
  if (text === everyConfiguration)
    return varyingSettings(experiments).filter((name) => !config.repeatKeys.includes(name));
  const fields = [...new Set(listOf(text))];
  for (const field of fields) requireField(experiments, '--group-by', field);
  return fields;
}

function grouped(groups: readonly Group[], objective: Objective, limit: number): TextTable {
  const fields = [...(groups[0]?.settings.keys() ?? [])];
  return {
    columns: [
      ...fields.map((header) => ({ header, align: 'right', narrow: 'drop' }) as const),
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
function listOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
