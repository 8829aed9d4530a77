import { escapeText } from '../escape-text.js';
import type { Rank } from '../experiment.js';
import { reportDataOf } from '../outputs/report/data.js';
import { oddScore } from '../outputs/report/deviation.js';
import { findingsOf, oddRanksOf } from '../outputs/report/findings.js';
import { formatDuration } from '../outputs/report/format.js';
import { program } from '../package.js';
import { type Command, newCommand } from './command.js';
import type { CommandContext } from './context.js';
import { readWhole, withData } from './data.js';
import { findExperiment } from './find-experiment.js';
import { examplesWithSession } from './help.js';
import { terminalTable } from './terminal-table.js';

/** `tlw ranks`: who is the odd one, and since when. */
export function ranksCommand(context: CommandContext): Command {
  return newCommand('ranks')
    .description(
      'Compares the ranks of a run with each other by robust statistics: time per step, figures, epochs, ends.',
    )
    .argument('<experiment>', 'its name, or the beginning or a part of it')
    .option('--root <dir>', 'the folder that holds the experiments')
    .addHelpText('after', examplesWithSession('ranks', 'tlw ranks ppn_4'))
    .action((text: string, options: { root?: string }) =>
      withData(context, options, (data) => {
        const { experiment, summary } = readWhole(data, findExperiment(data.store, text));
        const findings = findingsOf(
          reportDataOf(experiment, summary, { varying: null, sweepBest: null, programVersion: program.version }),
        );
        const odd = oddRanksOf(findings);
        context.stdout.write(
          terminalTable(
            [
              { header: 'rank', align: 'right' },
              { header: 'host' },
              { header: 'epochs', align: 'right' },
              { header: 'time/step', align: 'right' },
              { header: 'deviation', align: 'right' },
              { header: 'end' },
            ],
            findings.byRank.map(({ rank, badness }) => [
              String(rank.rank ?? '?'),
              rank.host ?? '',
              String(rank.epochs.length),
              timePerStep(rank),
              badness === 0 ? '' : badness.toFixed(1),
              rank.end?.status ?? '',
            ]),
          ),
        );
        const isSilent = experiment.run.rankRelation === 'one_rank_prints';
        const verdict =
          odd.length > 0
            ? odd.map(({ rank, reasons }) => `rank ${rank.rank ?? '?'}: ${reasons.join('; ')}`).join('\n')
            : isSilent
              ? 'only one rank prints figures, so the ranks cannot be compared'
              : `nothing stands out${findings.measures.length > 0 ? ` by ${findings.measures.join(', ')}` : ''}`;
        context.stdout.write(`\n${verdict.split('\n').map(escapeText).join('\n')}\n`);
        context.stderr.write(
          `a rank stands out beyond ${oddScore} robust standard deviations (1.4826 × median absolute deviation)\n`,
        );
      }),
    );
}

/** Median over epochs. */
function timePerStep({ epochs }: Rank): string {
  const times = [...epochs.secondsPerStep].filter(Number.isFinite).sort((a, b) => a - b);
  const middle = times[Math.floor(times.length / 2)];
  return middle === undefined ? '' : formatDuration(middle);
}
