import { settingText, varyingSettings } from '../ask/fields.js';
import { escapeText } from '../escape-text.js';
import type { Rank } from '../experiment.js';
import { epochFlags } from '../experiment.js';
import { reportDataOf } from '../outputs/report/data.js';
import { findingsOf, oddRanksOf } from '../outputs/report/findings.js';
import { formatBytes, formatDuration, formatFigure } from '../outputs/report/format.js';
import { program } from '../package.js';
import type { StoredExperiment } from '../store/read-experiment.js';
import { lastSegmentOf } from '../summarise/last-segment.js';
import { type Command, newCommand } from './command.js';
import type { CommandContext } from './context.js';
import { ageNoteOn, withData } from './data.js';
import { findExperiment } from './find-experiment.js';
import { examplesWithSession } from './help.js';
import { jobText } from './job-text.js';
import { curvePoints, meanCurve } from './mean-curve.js';
import { type Format, printTable, type TextTable, withFormat } from './print-table.js';
import { rankOf } from './rank-of.js';
import { readWhole } from './read-whole.js';
import { sparkline } from './sparkline.js';

interface ShowOptions {
  readonly root?: string;
  readonly rank?: string;
  readonly epochs?: true;
  readonly format: Format;
}

/** `tlw show`: one experiment on one screen. */
export function showCommand(context: CommandContext): Command {
  const command = newCommand('show')
    .description('Shows settings, status with last words, final and best figures, curves, and the ranks at a glance.')
    .argument('<experiment>', 'its name, or the beginning or a part of it')
    .option('--root <dir>', 'the folder that holds the experiments')
    .option('--rank <n>', 'the figures of one rank')
    .option('--epochs', 'every epoch, as the mean over ranks or of the one rank');
  return withFormat(command)
    .addHelpText('after', examplesWithSession('show', 'tlw show ppn_4', 'tlw show ppn_4 --rank 3 --epochs'))
    .action((text: string, options: ShowOptions) =>
      withData(context, options, (data) => {
        const stored = readWhole(data, findExperiment(data.store, text));
        const varying = varyingSettings(data.experiments);
        const rank = options.rank === undefined ? undefined : rankOf(stored, options.rank);
        const ranks = rank ? [rank] : stored.experiment.run.ranks;
        const isForPrograms = options.format === 'csv' || options.format === 'json';
        const [metrics, epochs] = [metricTable(ranks, stored, !isForPrograms), epochTable(ranks)];
        if (options.format !== 'table') return printTable(context, options.format, options.epochs ? epochs : metrics);
        context.stdout.write(head(stored, varying));
        if (metrics.rows.length > 0) printTable(context, 'table', metrics);
        else context.stdout.write('no epoch was completed\n');
        if (!rank) context.stdout.write(`${finalAndBest(stored)}${ranksAtAGlance(stored)}`);
        if (options.epochs) {
          context.stdout.write('\n');
          printTable(context, 'table', epochs);
        }
        context.stdout.write(foot(stored));
        context.stderr.write(`${ageNoteOn([stored], Date.now())}\n`);
      }),
    );
}

function head({ experiment, summary, user, job }: StoredExperiment, varying: readonly string[]): string {
  const { run, hyperparameters } = experiment;
  const epochs = `${summary.lastEpoch ?? 0}${summary.plannedEpochs === null ? '' : ` of ${summary.plannedEpochs}`} epochs`;
  const ranks = `${summary.ranks} ${summary.ranks === 1 ? 'rank' : 'ranks'}${run.rankRelation ? `, ${run.rankRelation.replaceAll('_', ' ')}` : ''}`;
  const time = summary.totalTrainingTime === null ? [] : [formatDuration(summary.totalTrainingTime)];
  const lines = [
    experiment.name,
    [run.status.replaceAll('_', ' ').toUpperCase(), epochs, ranks, ...time].join(' · '),
    ...(run.reason === null ? [] : [`  ${run.reasonRank === null ? '' : `rank ${run.reasonRank}: `}${run.reason}`]),
    '',
    `varies    ${
      hyperparameters
        .filter(({ name }) => varying.includes(name))
        .map((each) => `${each.name} ${settingText(each)}`)
        .join(' · ') || 'nothing'
    }`,
    `constant  ${
      hyperparameters
        .filter(({ name }) => !varying.includes(name))
        .map((each) => `${each.name} ${settingText(each)}`)
        .join(' · ') || 'nothing'
    }`,
    ...(job === null ? [] : [`job       ${jobText(job)}`]),
    ...(user.notes || user.tags.length > 0
      ? [`notes     ${[user.notes, ...user.tags.map((tag) => `#${tag}`)].join(' ')}`]
      : []),
    '',
  ];
  return lines.map((line) => `${escapeText(line)}\n`).join('');
}

/** One line a metric: its curve as the mean over the given ranks, last, best, and how far apart the ranks are. */
function metricTable(ranks: readonly Rank[], { summary }: StoredExperiment, hasCurves: boolean): TextTable {
  const names = metricNamesOf(ranks);
  return {
    columns: [
      { header: 'metric' },
      ...(hasCurves ? [{ header: 'curve' }] : []),
      { header: 'final', align: 'right' },
      { header: 'best', align: 'right' },
      { header: 'at', align: 'right' },
      { header: 'over ranks', narrow: 'drop' },
    ],
    rows: names.map((name) => {
      const values = meanCurve(ranks, name);
      const metric = ranks.length === 1 && summary.ranks > 1 ? undefined : summary.metrics.get(name);
      const spread =
        metric && metric.min !== metric.max ? `${formatFigure(metric.min)} to ${formatFigure(metric.max)}` : null;
      return [
        ...[name, ...(hasCurves ? [sparkline(values, 40)] : []), metric ? metric.final : (values.at(-1) ?? null)],
        ...[metric?.best ?? null, metric?.bestEpoch ?? null, spread],
      ];
    }),
    text: { final: formatFigure, best: formatFigure, default: formatFigure },
  };
}

function metricNamesOf(ranks: readonly Rank[]): string[] {
  return [...new Set(ranks.flatMap(({ epochs }) => [...epochs.metrics.keys()]))];
}

function ranksAtAGlance({ experiment, summary }: StoredExperiment): string {
  if (experiment.run.ranks.length < 2) return '';
  if (experiment.run.rankRelation === 'one_rank_prints')
    return '\nranks     one prints for all, so that they cannot be compared\n';
  const findings = findingsOf(
    reportDataOf(experiment, summary, { varying: null, sweepBest: null, programVersion: program.version }),
  );
  const odd = oddRanksOf(findings);
  if (odd.length === 0)
    return `\nranks     nothing stands out${findings.measures.length > 0 ? ` (compared by ${findings.measures.join(', ')})` : ''}\n`;
  return `\nranks     ${odd.map(({ rank, reasons }) => escapeText(`rank ${rank.rank ?? '?'}: ${reasons.join('; ')}`)).join('\n          ')}\n`;
}

/** Where ranks ended at different epochs, the best figure may be worse than the final one: why, in a line. */
function finalAndBest({ experiment, summary }: StoredExperiment): string {
  if (!summary.differs.includes('last_epoch')) return '';
  const { shared } = lastSegmentOf(experiment.run);
  const best = shared.length > 0 ? `epochs ${shared[0]} to ${shared.at(-1)}, which` : 'none, as no epoch is one that';
  return `\nepochs    final: each rank’s own last epoch; best: ${best} all ranks completed\n`;
}

function epochTable(ranks: readonly Rank[]): TextTable {
  const names = metricNamesOf(ranks);
  const columns = names.map((name) => new Map(curvePoints(ranks, name).map(({ epoch, mean }) => [epoch, mean])));
  const epochs = [...new Set(columns.flatMap((column) => [...column.keys()]))].sort((a, b) => a - b);
  const partial = new Set(
    ranks.flatMap(({ epochs }) =>
      [...epochs.epoch].filter((_, i) => ((epochs.flags[i] ?? 0) & epochFlags.partial) !== 0),
    ),
  );
  return {
    columns: [
      { header: 'epoch', align: 'right' },
      ...names.map((header) => ({ header, align: 'right' }) as const),
      ...(partial.size > 0 ? [{ header: 'note' }] : []),
    ],
    rows: epochs.map((epoch) => [
      epoch,
      ...columns.map((column) => column.get(epoch) ?? null),
      ...(partial.size > 0 ? [partial.has(epoch) ? 'partial' : ''] : []),
    ]),
    text: { epoch: String, ...Object.fromEntries(names.map((name) => [name, formatFigure])), default: formatFigure },
  };
}

function foot({ experiment }: StoredExperiment): string {
  const { receipt, launcher, trainer } = experiment.run;
  const counts = `${receipt.lines} lines: ${receipt.understood} understood, ${receipt.ignored} ignored, ${receipt.repaired} repaired, ${receipt.quarantined} quarantined`;
  const notes = receipt.notes.map((note) => `          ${escapeText(note)}\n`).join('');
  return `\nlog       ${escapeText(experiment.log.path)}\n          ${formatBytes(experiment.log.bytes)}, ${launcher}, ${trainer}, ${counts}\n${notes}`;
}
