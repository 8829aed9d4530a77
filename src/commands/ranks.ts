import { type EpochSkew, epochSkewsOf, eventTextsOf, type RankEvents, rankEventsOf } from '../ask/rank-events.js';
import { escapeText } from '../escape-text.js';
import type { Rank } from '../experiment.js';
import { reportDataOf } from '../outputs/report/data.js';
import { fewestRanksToCompare, oddScore } from '../outputs/report/deviation.js';
import { type Findings, findingsOf, oddRanksOf } from '../outputs/report/findings.js';
import { formatDuration, formatFigure } from '../outputs/report/format.js';
import { median } from '../outputs/report/statistics.js';
import { program } from '../package.js';
import { type Command, newCommand } from './command.js';
import type { CommandContext } from './context.js';
import { ageNoteOn, withData } from './data.js';
import { findExperiment } from './find-experiment.js';
import { examplesWithSession } from './help.js';
import { type Format, printTable, type TextTable, withFormat } from './print-table.js';
import { readWhole } from './read-whole.js';
import { sparkline } from './sparkline.js';

interface RanksOptions {
  readonly root?: string;
  readonly epochs?: true;
  readonly format: Format;
}

/** `tlw ranks`: who is the odd one, and since when. */
export function ranksCommand(context: CommandContext): Command {
  const command = newCommand('ranks')
    .description(
      'Compares the ranks of a run with each other by robust statistics: time per step, figures, epochs, ends; which went NaN or fell silent first; and how far apart they were in each epoch.',
    )
    .argument('<experiment>', 'its name, or the beginning or a part of it')
    .option('--root <dir>', 'the folder that holds the experiments')
    .option('--epochs', 'the slowest rank of each epoch instead, and how much longer its steps took');
  return withFormat(command)
    .addHelpText('after', examplesWithSession('ranks', 'tlw ranks ppn_4', 'tlw ranks ppn_4 --epochs --format csv'))
    .action((text: string, options: RanksOptions) =>
      withData(context, options, (data) => {
        const stored = readWhole(data, findExperiment(data.store, text));
        const { experiment, summary } = stored;
        const { ranks, status, rankRelation } = experiment.run;
        const skews = epochSkewsOf(ranks);
        if (options.epochs) return printTable(context, options.format, skewTable(skews));
        const findings = findingsOf(
          reportDataOf(experiment, summary, { varying: null, sweepBest: null, programVersion: program.version }),
        );
        const doesOnePrint = rankRelation === 'one_rank_prints';
        const events = rankEventsOf(ranks, { isRunning: status === 'running', doesOnePrint });
        printTable(context, options.format, rankTable(findings, events));
        if (options.format !== 'table') return;
        context.stdout.write(`\n${skewText(skews)}${escapeText(verdictOf(findings, events, doesOnePrint))}\n`);
        context.stderr.write(
          `beyond ${oddScore} robust standard deviations (1.4826 × MAD) a rank stands out; ${ageNoteOn([stored], Date.now())}\n`,
        );
      }),
    );
}

function rankTable({ byRank }: Findings, events: readonly RankEvents[]): TextTable {
  return {
    columns: [
      { header: 'rank', align: 'right' },
      { header: 'host', narrow: 'drop' },
      { header: 'epochs', align: 'right' },
      { header: 'time/step', align: 'right' },
      { header: 'deviation', align: 'right' },
      { header: 'apart since', align: 'right', narrow: 'drop' },
      { header: 'not finite', align: 'right', narrow: 'drop' },
      { header: 'silent after', align: 'right', narrow: 'drop' },
      { header: 'end' },
    ],
    rows: byRank.map(({ rank, badness, apartSince }, i) => [
      ...[rank.rank ?? '?', rank.host, rank.epochs.length, secondsPerStep(rank), badness === 0 ? null : badness],
      apartSince,
      ...[events[i]?.notFiniteAt ?? null, events[i]?.silentAfter ?? null, rank.end?.status ?? null],
    ]),
    text: { 'time/step': formatDuration, deviation: (value) => value.toFixed(1), default: formatFigure },
  };
}

function skewTable(skews: readonly EpochSkew[]): TextTable {
  return {
    columns: ['epoch', 'time/step', 'slowest rank', 'its time/step', 'skew'].map((header) => ({
      header,
      align: 'right',
    })),
    rows: skews.map(({ epoch, typicalSeconds, slowest, slowestSeconds, skew }) => [
      ...[epoch, typicalSeconds, slowest.rank ?? '?', slowestSeconds, skew],
    ]),
    text: {
      'time/step': formatDuration,
      'its time/step': formatDuration,
      skew: (value) => `${(100 * value).toFixed(1)} %`,
      default: String,
    },
  };
}

/** The slowest rank's delay over the epochs, in one line; nothing where the log has no times to compare. */
function skewText(skews: readonly EpochSkew[]): string {
  const [first, ...others] = skews;
  if (first === undefined) return '';
  const worst = others.reduce((most, each) => (each.skew > most.skew ? each : most), first);
  const curve = sparkline(
    skews.map(({ skew }) => skew),
    20,
  );
  const share = `${Math.round(100 * worst.skew)} %`;
  if (share === '0 %') return 'time skew  none\n';
  return `time skew  ${curve}  up to ${share} above the median (rank ${worst.slowest.rank ?? '?'}, epoch ${worst.epoch})\n`;
}

/** In one sentence: what broke first, then which ranks are unlike the others; or that nothing stands out. */
function verdictOf(findings: Findings, events: readonly RankEvents[], doesOnePrint: boolean): string {
  const happened = eventTextsOf(events);
  const odd = oddRanksOf(findings).map(({ rank, reasons, apartSince }) => {
    const since = apartSince === null ? '' : ` (apart since epoch ${apartSince})`;
    return `rank ${rank.rank ?? '?'}${since}: ${reasons.join(', ')}`;
  });
  if (happened.length > 0 || odd.length > 0) {
    const first = happened.length > 0 ? [`first: ${happened.join(', then ')}`] : [];
    return [...first, ...odd].join('; ');
  }
  if (doesOnePrint) return 'only one rank prints figures, so the ranks cannot be compared';
  if (events.length < 2) return 'there is one rank only';
  if (findings.byRank.some(({ rank }) => rank.rank === null))
    return 'the log has no rank tags: nobody can tell whose figures these are';
  const { measures } = findings;
  if (events.length < fewestRanksToCompare)
    return `of ${events.length} ranks nobody can tell which is the odd one: ${fewestRanksToCompare} are the least that are compared`;
  if (measures.length > 0) return `nothing stands out by ${measures.join(', ')}`;
  const isAnyThere = findings.byRank.some(({ rank }) => rank.epochs.length > 0);
  return isAnyThere ? 'nothing stands out: all ranks print the same figures' : 'no epoch to compare the ranks by';
}

/** Median over epochs, s; null where no step was timed. */
function secondsPerStep({ epochs }: Rank): number | null {
  const times = [...epochs.secondsPerStep].filter(Number.isFinite);
  return times.length === 0 ? null : median(times);
}
