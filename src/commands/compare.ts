import { settingText } from '../ask/fields.js';
import { escapeText } from '../escape-text.js';
import { formatDuration, formatFigure } from '../outputs/report/format.js';
import type { StoredExperiment } from '../store/read-experiment.js';
import { exitCodes, UserError } from '../user-error.js';
import { type Command, newCommand } from './command.js';
import type { CommandContext } from './context.js';
import { ageNoteOn, objectiveOf, withData } from './data.js';
import { findExperiment } from './find-experiment.js';
import { examplesWithSession } from './help.js';
import { meanCurve } from './mean-curve.js';
import { type Format, printTable, withFormat } from './print-table.js';
import { readWhole } from './read-whole.js';
import { sparkline } from './sparkline.js';

/** `tlw compare`: experiments side by side. */
export function compareCommand(context: CommandContext): Command {
  const command = newCommand('compare')
    .description('Shows the settings that differ, the results and the curves of the objective side by side.')
    .argument('<experiments...>', 'two or more, each by its name or a part of it')
    .option('--root <dir>', 'the folder that holds the experiments')
    .option('--by <metric>', 'the curve to show');
  return withFormat(command)
    .addHelpText('after', examplesWithSession('compare', 'tlw compare lr_0.01 lr_0.02'))
    .action((texts: string[], options: { root?: string; by?: string; format: Format }) =>
      withData(context, options, (data) => {
        if (texts.length < 2)
          throw new UserError('compare: expected two experiments or more, got one', exitCodes.usage);
        const stored = texts.map((text) => readWhole(data, findExperiment(data.store, text)));
        const { metric } = objectiveOf(data, options.by);
        const letters = stored.map((_, i) => String.fromCharCode(65 + i));
        const isTable = options.format === 'table';
        const isForPrograms = options.format === 'csv' || options.format === 'json';
        const rows = [...differing(stored), ...results(stored)].map(({ label, values, format }): Cell[] => [
          label,
          ...values.map((value) => {
            if (isForPrograms) return value;
            return value === null ? '–' : typeof value === 'string' ? value : format(value);
          }),
        ]);
        const headers = isTable ? letters : uniqueNames(stored);
        const table = {
          columns: [
            { header: isTable ? '' : 'figure' },
            ...headers.map((header) => ({ header, align: 'right' }) as const),
          ],
          rows,
          text: { default: String },
        };
        if (!isTable) return printTable(context, options.format, table);
        const names = stored.map(({ experiment }, i) => `${letters[i]}  ${escapeText(experiment.name)}\n`);
        context.stdout.write(`${names.join('')}\n`);
        printTable(context, 'table', table);
        context.stdout.write(`\n${metric}\n`);
        for (const [i, { experiment }] of stored.entries()) {
          context.stdout.write(`${letters[i]}  ${sparkline(meanCurve(experiment.run.ranks, metric), 60)}\n`);
        }
        context.stderr.write(`${ageNoteOn(stored, Date.now())}\n`);
      }),
    );
}

/** Names of the experiments, or their keys where two have the same name. */
function uniqueNames(stored: readonly StoredExperiment[]): string[] {
  const names = stored.map(({ experiment }) => experiment.name);
  return new Set(names).size === names.length ? names : stored.map(({ experiment }) => experiment.key);
}

type Cell = string | number | null;

/** A line of the table; null where an experiment has no such value. */
interface Line {
  readonly label: string;
  readonly values: readonly Cell[];
  /** Numbers as people read them. */
  readonly format: (value: number) => string;
}

function differing(stored: readonly StoredExperiment[]): Line[] {
  const names = [...new Set(stored.flatMap(({ experiment }) => experiment.hyperparameters.map(({ name }) => name)))];
  const lines = names.map((label) => {
    const values = stored.map(({ experiment }) => {
      const setting = experiment.hyperparameters.find((each) => each.name === label);
      return setting ? settingText(setting) : null;
    });
    return { label, values, format: String };
  });
  return lines.filter(({ values }) => new Set(values).size > 1);
}

function results(stored: readonly StoredExperiment[]): Line[] {
  const metrics = [...new Set(stored.flatMap(({ summary }) => [...summary.metrics.keys()]))];
  const line = (label: string, value: (each: StoredExperiment) => Cell, format: Line['format'] = String): Line => ({
    ...{ label, format },
    values: stored.map(value),
  });
  return [
    line('status', ({ experiment }) => experiment.run.status),
    line('epochs', ({ summary }) => summary.lastEpoch ?? 0),
    line('ranks', ({ summary }) => summary.ranks),
    line('time', ({ summary }) => summary.totalTrainingTime, formatDuration),
    ...metrics.map((name) => line(name, ({ summary }) => summary.metrics.get(name)?.final ?? null, formatFigure)),
    line('best epoch', ({ summary }) => summary.best?.epoch ?? null),
  ];
}
