import { settingText } from '../ask/fields.js';
import { escapeText } from '../escape-text.js';
import { formatDuration, formatFigure } from '../outputs/report/format.js';
import type { StoredExperiment } from '../store/read-experiment.js';
import { exitCodes, UserError } from '../user-error.js';
import { type Command, newCommand } from './command.js';
import type { CommandContext } from './context.js';
import { objectiveOf, readWhole, withData } from './data.js';
import { findExperiment } from './find-experiment.js';
import { examplesWithSession } from './help.js';
import { meanCurve } from './mean-curve.js';
import { sparkline } from './sparkline.js';
import { terminalTable } from './terminal-table.js';

/** `tlw compare`: experiments side by side. */
export function compareCommand(context: CommandContext): Command {
  return newCommand('compare')
    .description('Shows the settings that differ, the results and the curves of the objective side by side.')
    .argument('<experiments...>', 'two or more, each by its name or a part of it')
    .option('--root <dir>', 'the folder that holds the experiments')
    .option('--by <metric>', 'the curve to show')
    .addHelpText('after', examplesWithSession('compare', 'tlw compare lr_0.01 lr_0.02'))
    .action((texts: string[], options: { root?: string; by?: string }) =>
      withData(context, options, (data) => {
        if (texts.length < 2)
          throw new UserError('compare: expected two experiments or more, got one', exitCodes.usage);
        const stored = texts.map((text) => readWhole(data, findExperiment(data.store, text)));
        const { metric } = objectiveOf(data, options.by);
        const letters = stored.map((_, i) => String.fromCharCode(65 + i));
        const names = stored.map(({ experiment }, i) => `${letters[i]}  ${escapeText(experiment.name)}\n`);
        const columns = [{ header: '' }, ...letters.map((header) => ({ header, align: 'right' }) as const)];
        context.stdout.write(
          `${names.join('')}\n${terminalTable(columns, [...differing(stored), ...results(stored)])}`,
        );
        context.stdout.write(`\n${metric}\n`);
        for (const [i, { experiment }] of stored.entries()) {
          context.stdout.write(`${letters[i]}  ${sparkline(meanCurve(experiment.run.ranks, metric), 60)}\n`);
        }
      }),
    );
}

function differing(stored: readonly StoredExperiment[]): string[][] {
  const names = [...new Set(stored.flatMap(({ experiment }) => experiment.hyperparameters.map(({ name }) => name)))];
  const rows = names.map((name) => [
    name,
    ...stored.map(({ experiment }) => {
      const setting = experiment.hyperparameters.find((each) => each.name === name);
      return setting ? settingText(setting) : '–';
    }),
  ]);
  return rows.filter(([, ...values]) => new Set(values).size > 1);
}

function results(stored: readonly StoredExperiment[]): string[][] {
  const metrics = [...new Set(stored.flatMap(({ summary }) => [...summary.metrics.keys()]))];
  const row = (label: string, value: (each: StoredExperiment) => string): string[] => [label, ...stored.map(value)];
  return [
    row('status', ({ experiment }) => experiment.run.status),
    row('epochs', ({ summary }) => String(summary.lastEpoch ?? 0)),
    row('ranks', ({ summary }) => String(summary.ranks)),
    row('time', ({ summary }) =>
      summary.totalTrainingTime === null ? '–' : formatDuration(summary.totalTrainingTime),
    ),
    ...metrics.map((name) =>
      row(name, ({ summary }) => {
        const final = summary.metrics.get(name)?.final;
        return final === undefined ? '–' : formatFigure(final);
      }),
    ),
    row('best epoch', ({ summary }) => String(summary.best?.epoch ?? '–')),
  ];
}
