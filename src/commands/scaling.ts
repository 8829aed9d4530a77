import { type Configuration, configurations, costs, type LayoutNames } from '../ask/scaling.js';
import type { Config } from '../config.js';
import { formatDuration, formatFigure } from '../outputs/report/format.js';
import { type Command, newCommand } from './command.js';
import { conditionOf } from './conditions.js';
import type { CommandContext } from './context.js';
import { objectiveOf, withData } from './data.js';
import { examples } from './help.js';
import { terminalTable } from './terminal-table.js';

/** `tlw scaling`: speed by layout, and what quality costs. */
export function scalingCommand(context: CommandContext): Command {
  return newCommand('scaling')
    .summary('speed-up, efficiency, and what quality costs')
    .description(
      'Shows seconds per epoch, images per second, speed-up and efficiency by layout, and the runs that nothing else beats in both quality and node-hours.',
    )
    .option('--root <dir>', 'the folder that holds the experiments')
    .option('--by <metric>', 'quality, instead of the root’s objective')
    .option('--where <condition>', 'only some of the experiments')
    .addHelpText('after', examples('tlw scaling', 'tlw scaling --where "bs=64"'))
    .action((options: { root?: string; by?: string; where?: string }) =>
      withData(context, options, (data) => {
        const chosen = data.experiments.filter(conditionOf(data.experiments, options.where));
        const rows = configurations(chosen, layoutNames(data.config));
        context.stdout.write(rows.length === 0 ? 'no experiment says how long an epoch took\n' : layoutTable(rows));
        const objective = objectiveOf(data, options.by);
        const front = costs(chosen, objective).filter(({ isOnFront }) => isOnFront);
        if (front.length === 0) return;
        context.stdout.write(`\nbest ${objective.metric} for its cost\n`);
        context.stdout.write(
          terminalTable(
            [
              { header: objective.metric, align: 'right' },
              { header: 'node-hours', align: 'right' },
              { header: 'experiment' },
            ],
            front.map(({ quality, cost, experiment }) => [formatFigure(quality), formatFigure(cost), experiment.name]),
          ),
        );
      }),
    );
}

function layoutTable(rows: readonly Configuration[]): string {
  const text = (value: number | null, write: (value: number) => string): string => (value === null ? '' : write(value));
  return terminalTable(
    ['nodes', 'processes', 'cores each', 'runs', 's/epoch', 'images/s', 'speed-up', 'efficiency'].map(
      (header) => ({ header, align: 'right' }) as const,
    ),
    rows.map((row) => [
      text(row.nodes, String),
      String(row.processes),
      text(row.coresPerProcess, String),
      String(row.n),
      formatDuration(row.secondsPerEpoch),
      text(row.imagesPerSecond, (value) => value.toFixed(1)),
      text(row.speedUp, (value) => `${value.toFixed(2)}×`),
      text(row.efficiency, (value) => `${Math.round(value * 100)} %`),
    ]),
  );
}

/** Which hyper-parameters say how a run was laid out, as the config has it. */
export function layoutNames({ hyperparameters }: Config): LayoutNames {
  const namesFor = (meaning: string): string[] =>
    Object.entries(hyperparameters.names).flatMap(([name, stands]) => (stands === meaning ? [name] : []));
  return { coresPerProcess: namesFor('cores per process'), images: namesFor('training images') };
}
