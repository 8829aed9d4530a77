import { effectsOn, remarkOn } from '../ask/effects.js';
import { formatFigure } from '../outputs/report/format.js';
import { isFinished } from '../outputs/workbook/order.js';
import { type Command, newCommand } from './command.js';
import { conditionOf } from './conditions.js';
import type { CommandContext } from './context.js';
import { ageNote, objectiveOf, withData } from './data.js';
import { examplesWithSession } from './help.js';
import { type Format, printTable, withFormat } from './print-table.js';

/** `tlw effects`: which settings matter. */
export function effectsCommand(context: CommandContext): Command {
  const command = newCommand('effects')
    .description(
      'For settings with numbers Spearman’s rank correlation (−1 to 1), for others the share of the ranks’ variance (0 to 1), ' +
        'each with n and the probability of such a size by chance, over the finished runs. What may be chance among so many settings ' +
        '(Holm and Bonferroni, 1 in 20) is said. It describes this sweep; it does not prove a cause.',
    )
    .option('--root <dir>', 'the folder that holds the experiments')
    .option('--by <metric>', 'another metric than the root’s objective')
    .option('--where <condition>', 'only some of the experiments');
  return withFormat(command)
    .addHelpText('after', examplesWithSession('effects', 'tlw effects', 'tlw effects --by val_loss --where "ranks=4"'))
    .action((options: { root?: string; by?: string; where?: string; format: Format }) =>
      withData(context, options, (data) => {
        const { metric } = objectiveOf(data, options.by);
        const chosen = data.experiments.filter(conditionOf(data.experiments, options.where));
        const finished = chosen.filter(({ run }) => isFinished(run.status));
        const effects = effectsOn(finished, metric, data.config.repeatKeys);
        printTable(context, options.format, {
          columns: [
            { header: 'setting' },
            { header: 'effect', align: 'right' },
            { header: 'p', align: 'right' },
            { header: 'n', align: 'right' },
            { header: 'values', align: 'right', narrow: 'drop' },
            { header: 'kind', narrow: 'drop' },
            { header: 'remark' },
          ],
          rows: effects.map((effect) => [
            ...[effect.setting, effect.size, effect.p, effect.n, effect.levels, effect.kind],
            remarkOn(effect, effects),
          ]),
          text: {
            effect: (value) => value.toFixed(2),
            p: (value) => (value < 0.001 ? '<0.001' : value.toFixed(3)),
            default: formatFigure,
          },
        });
        const none = chosen.length === 0 ? 'none fits' : finished.length === 0 ? 'none finished' : 'no setting varies';
        const subject = effects.length === 0 ? none : `on ${metric} of ${finished.length} finished runs`;
        const age = options.format === 'table' ? `; ${ageNote(data, Date.now())}` : '';
        if (effects.length === 0 || age !== '') context.stderr.write(`${subject}${age}\n`);
      }),
    );
}
