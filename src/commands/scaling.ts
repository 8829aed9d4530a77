import {
  type Configuration,
  type Cost,
  type CostBasis,
  comparableCosts,
  configurations,
  costs,
  costUnitOf,
  type LayoutNames,
  reachCosts,
} from '../ask/scaling.js';
import type { Config } from '../config.js';
import { formatDuration, formatFigure } from '../outputs/report/format.js';
import { isFinished } from '../outputs/workbook/order.js';
import { numberOf } from '../store/read-listed.js';
import { readReached } from '../store/read-reached.js';
import type { ListedExperiment, Objective } from '../summary.js';
import { exitCodes, UserError } from '../user-error.js';
import { type Command, newCommand } from './command.js';
import { conditionOf } from './conditions.js';
import type { CommandContext } from './context.js';
import { ageNote, type Data, objectiveOf, withData } from './data.js';
import { examplesWithSession } from './help.js';
import { type Format, limitOf, printTable, type TextTable, withFormat, withLimit } from './print-table.js';

interface ScalingOptions {
  readonly root?: string;
  readonly by?: string;
  readonly where?: string;
  readonly target?: string;
  readonly costs?: true;
  readonly limit?: string;
  readonly format: Format;
}

/** `tlw scaling`: speed by layout, and what quality costs. */
export function scalingCommand(context: CommandContext): Command {
  const command = newCommand('scaling')
    .description(
      'Shows seconds per epoch, images per second, speed-up and efficiency by layout, and the runs that nothing else beats in both quality and node-hours (the Pareto front).',
    )
    .option('--root <dir>', 'the folder that holds the experiments')
    .option('--by <metric>', 'quality, instead of the root’s objective')
    .option('--target <metric=value>', 'the node-hours that each run needed to reach it, the cheapest first')
    .option('--costs', 'node-hours and quality of each finished run, and whether it is on the front')
    .option('--where <condition>', 'only some of the experiments');
  return withFormat(withLimit(command))
    .addHelpText(
      'after',
      examplesWithSession(
        'scaling',
        'tlw scaling',
        'tlw scaling --target val_dsc=0.8',
        'tlw scaling --costs --where "bs=64" --format csv',
      ),
    )
    .action((options: ScalingOptions) =>
      withData(context, options, (data) => {
        const chosen = data.experiments.filter(conditionOf(data.experiments, options.where));
        if (options.target !== undefined)
          return showTarget(context, data, chosen, options, parseTarget(options.target));
        if (options.costs)
          showCosts(context, costs(chosen.filter(hasFinished), objectiveOf(data, options.by)), data, options);
        else showLayouts(context, data, chosen, options);
        if (options.format === 'table') context.stderr.write(`${ageNote(data, Date.now())}\n`);
      }),
    );
}

/** Speed by layout, and for people the front of cost and quality below it. */
function showLayouts(
  context: CommandContext,
  data: Data,
  chosen: readonly ListedExperiment[],
  options: ScalingOptions,
): void {
  const rows = configurations(chosen, layoutNames(data.config));
  if (options.format !== 'table' || rows.length > 0) printTable(context, options.format, layoutTable(rows));
  else context.stdout.write('no experiment says how long an epoch took\n');
  if (options.format !== 'table' || (data.objective === null && options.by === undefined)) return;
  const objective = objectiveOf(data, options.by);
  const front = costs(chosen.filter(hasFinished), objective).filter(({ isOnFront }) => isOnFront);
  if (front.length === 0) return;
  context.stdout.write(`\nbest ${objective.metric} for its cost (Pareto front)\n`);
  showCosts(context, front, data, options);
}

function hasFinished({ run }: ListedExperiment): boolean {
  return isFinished(run.status);
}

function layoutTable(rows: readonly Configuration[]): TextTable {
  const headers = ['nodes', 'processes', 'cores each', 'runs', 's/epoch', 'images/s', 'speed-up', 'efficiency'];
  return {
    columns: headers.map((header) => ({ header, align: 'right' }) as const),
    rows: rows.map((row) => [
      ...[row.nodes, row.processes, row.coresPerProcess, row.n, row.secondsPerEpoch, row.imagesPerSecond],
      ...[row.speedUp, row.efficiency],
    ]),
    text: {
      's/epoch': formatDuration,
      'images/s': (value) => value.toFixed(1),
      'speed-up': (value) => `${value.toFixed(2)}×`,
      efficiency: (value) => `${Math.round(value * 100)} %`,
      default: formatFigure,
    },
  };
}

function showCosts(context: CommandContext, rows: readonly Cost[], data: Data, options: ScalingOptions): void {
  const { metric } = objectiveOf(data, options.by);
  printTable(context, options.format, {
    columns: [
      { header: metric, align: 'right' },
      ...costColumns(rows),
      ...(options.costs ? [{ header: 'on front' }] : []),
      { header: 'experiment', narrow: 'shorten' },
    ],
    rows: rows
      .slice(0, limitOf(options.limit, options.format))
      .map(({ quality, cost, basis, isOnFront, experiment }) => [
        ...[quality, cost, basisTexts[basis], ...(options.costs ? [isOnFront ? 'yes' : 'no'] : []), experiment.name],
      ]),
    text: { default: formatFigure },
  });
}

function showTarget(
  context: CommandContext,
  data: Data,
  chosen: readonly ListedExperiment[],
  options: ScalingOptions,
  { metric, value }: { readonly metric: string; readonly value: number },
): void {
  const direction = metric === data.objective?.metric ? data.objective.direction : undefined;
  const objective = objectiveOf(data, metric, { direction, option: '--target' });
  const reached = new Map(readReached(data.store, objective, value).map((row) => [row.experiment, row]));
  const rows = reachCosts(chosen, (experiment) => reached.get(numberOf(experiment)));
  const having = chosen.filter(({ summary }) => summary.metrics.has(metric));
  if (rows.length > 0 || options.format !== 'table') {
    printTable(context, options.format, {
      columns: [
        ...costColumns(rows),
        { header: 'epoch', align: 'right' },
        { header: 'nodes', align: 'right' },
        { header: 'processes', align: 'right' },
        { header: 'experiment', narrow: 'shorten' },
      ],
      rows: rows
        .slice(0, limitOf(options.limit, options.format))
        .map(({ experiment, epoch, cost, basis }) => [
          ...[cost, basisTexts[basis], epoch, experiment.nodes, experiment.summary.ranks, experiment.name],
        ]),
      text: { default: formatFigure },
    });
  }
  const sign = objective.direction === 'max' ? '≥' : '≤';
  const most = rows.length === 0 && having.length > 0 ? `, the best is ${bestText(having, objective)}` : '';
  context.stderr.write(
    `${rows.length} of ${having.length} reached ${metric} ${sign} ${value}${most}; ${ageNote(data, Date.now())}\n`,
  );
}

function bestText(experiments: readonly ListedExperiment[], { metric, direction }: Objective): string {
  const figures = experiments.flatMap(({ summary }) => summary.metrics.get(metric)?.best ?? []);
  const [best = Number.NaN] = figures.sort((a, b) => (direction === 'max' ? b - a : a - b));
  return formatFigure(best);
}

const basisTexts: Readonly<Record<CostBasis, string>> = {
  job: 'accounting of its job',
  nodes: 'nodes × time',
  processes: 'processes × time',
};

/** The columns of cost: where no run has a node count, it is process-hours that are compared; of both kinds each says what it is. */
function costColumns(rows: readonly { readonly basis: CostBasis }[]): TextTable['columns'] {
  const from = { header: 'from' };
  if (comparableCosts(rows).length < rows.length) return [{ header: 'hours', align: 'right' }, from];
  return [
    { header: costUnitOf(rows), align: 'right' },
    { ...from, narrow: 'drop' },
  ];
}

function parseTarget(text: string): { metric: string; value: number } {
  const [, metric = '', figure = ''] = /^\s*(.+?)\s*(?:=|>=|<=)\s*(.+?)\s*$/.exec(text) ?? [];
  const value = Number(figure);
  if (metric !== '' && figure !== '' && Number.isFinite(value)) return { metric, value };
  throw new UserError(`--target: expected METRIC=VALUE such as val_accuracy=0.9, got "${text}"`, exitCodes.usage);
}

/** Which hyper-parameters say how a run was laid out, as the config has it. */
export function layoutNames({ hyperparameters }: Config): LayoutNames {
  const namesFor = (meaning: string): string[] =>
    Object.entries(hyperparameters.names).flatMap(([name, stands]) => (stands === meaning ? [name] : []));
  return { coresPerProcess: namesFor('cores per process'), images: namesFor('training images') };
}
