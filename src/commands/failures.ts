import { clusterFailures, type FailureCluster } from '../ask/failures.js';
import { escapeText } from '../escape-text.js';
import { type Command, newCommand } from './command.js';
import { conditionOf } from './conditions.js';
import type { CommandContext } from './context.js';
import { ageNote, withData } from './data.js';
import { examplesWithSession } from './help.js';
import { type Format, printTable, withFormat } from './print-table.js';

/** `tlw failures`: dead runs by their last words. */
export function failuresCommand(context: CommandContext): Command {
  const command = newCommand('failures')
    .description(
      'Groups failed, killed, diverged and stalled runs by their last words, with the settings that are over-represented among them.',
    )
    .option('--root <dir>', 'the folder that holds the experiments')
    .option('--where <condition>', 'only some of the experiments')
    .option('--json', 'the same as --format json');
  return withFormat(command)
    .addHelpText('after', examplesWithSession('failures', 'tlw failures', 'tlw failures --where "nodes=2"'))
    .action((options: { root?: string; where?: string; json?: true; format: Format }) =>
      withData(context, options, (data) => {
        const chosen = data.experiments.filter(conditionOf(data.experiments, options.where));
        const clusters = clusterFailures(chosen, data.config.repeatKeys);
        const format = options.json ? 'json' : options.format;
        if (format === 'json') {
          const plain = clusters.map(({ experiments, ...cluster }) => ({
            ...cluster,
            experiments: experiments.map(({ key }) => key),
          }));
          context.stdout.write(`${JSON.stringify(plain, null, 2)}\n`);
          return;
        }
        if (format !== 'table') return printTable(context, format, { columns, rows: clusters.map(cellsOf), text: {} });
        for (const { status, example, shape, experiments, firstMs, overRepresented } of clusters) {
          const since = new Date(firstMs).toISOString().slice(0, 16).replace('T', ' ');
          context.stdout.write(`${experiments.length} × ${status}: ${escapeText(shape || 'no last words')}\n`);
          if (example !== shape && example !== '') context.stdout.write(`    e.g. ${escapeText(example)}\n`);
          const [first, ...others] = experiments.slice(0, mostNamed).map(({ name }) => escapeText(name));
          context.stdout.write(`    first ${since} UTC, ${first}\n`);
          // A line each: names of a sweep are long, and a terminal would break them anywhere.
          for (const name of others) context.stdout.write(`    then ${name}\n`);
          if (experiments.length > mostNamed)
            context.stdout.write(`    and ${experiments.length - mostNamed} more (--json has all)\n`);
          for (const found of overRepresented.slice(0, 3)) {
            const counts = `${found.inCluster} of ${found.clusterSize} here, ${found.elsewhere} of ${found.othersSize} elsewhere`;
            context.stdout.write(
              `    ${escapeText(`${found.setting} ${found.value}`)}: ${counts} (p ${found.p < 0.001 ? '<0.001' : found.p.toFixed(3)})\n`,
            );
          }
        }
        const isNoneLikeThat = chosen.length === 0 && data.experiments.length > 0;
        const none = clusters.length > 0 ? '' : isNoneLikeThat ? 'none fits; ' : 'no dead run; ';
        context.stderr.write(`${none}${ageNote(data, Date.now())}\n`);
      }),
    );
}

/** Of one kind of failure. */
const mostNamed = 3;

const columns = ['runs', 'status', 'last words', 'example', 'first', 'first experiment', 'over-represented'].map(
  (header) => ({ header, ...(header === 'runs' && { align: 'right' as const }) }),
);

function cellsOf({ experiments, status, shape, example, firstMs, overRepresented }: FailureCluster) {
  const settings = overRepresented.map(({ setting, value }) => `${setting} ${value}`).join(', ');
  return [
    ...[experiments.length, status, shape, example, new Date(firstMs).toISOString(), experiments[0]?.name ?? null],
    settings,
  ];
}
