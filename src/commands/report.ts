import { basename, resolve } from 'node:path';
import { readShareGroup } from '../daemon/share-group.js';
import { sweepContextOf } from '../daemon/survey.js';
import { publish } from '../outputs/publish.js';
import { PublishError } from '../outputs/publish-error.js';
import { renderReport, reportMark } from '../outputs/report.js';
import { type SweepCurve, sweepCurveOf } from '../outputs/sweep/curve.js';
import { type SweepData, sweepDataOf } from '../outputs/sweep/data.js';
import { curveMetricsOf } from '../outputs/sweep-html/page-curves.js';
import { renderSweepHtml, sweepHtmlMark } from '../outputs/sweep-html.js';
import { renderSweepPdf, sweepPdfMark } from '../outputs/sweep-pdf.js';
import { program } from '../package.js';
import { readEpochMeans } from '../store/read-epoch-means.js';
import { readOverviews } from '../store/read-overviews.js';
import type { ExperimentOverview } from '../summary.js';
import { exitCodes, UserError } from '../user-error.js';
import { archivedTag } from './archived-tag.js';
import { type Command, choiceOption, newCommand } from './command.js';
import { conditionOf } from './conditions.js';
import { type CommandContext, rootFlag } from './context.js';
import { type Data, objectiveOf, withData } from './data.js';
import { findExperiment } from './find-experiment.js';
import { examples, shownPath } from './help.js';
import { createProgressBar, type ProgressBar } from './progress-bar.js';
import { readWhole } from './read-whole.js';
import { layoutNames } from './scaling.js';

const formats = ['pdf', 'html'] as const;

interface ReportOptions {
  readonly root?: string;
  readonly all?: true;
  readonly format: (typeof formats)[number];
  readonly out?: string;
  readonly by?: string;
  readonly where?: string;
}

/** A file that is ready to be put in place. */
interface Rendered {
  readonly content: string | Uint8Array;
  readonly mark: string;
  readonly name: string;
  /** For people: how much is in it. */
  readonly what: string;
}

/** `tlw report`: one experiment, or the whole sweep, to look at or to mail. */
export function reportCommand(context: CommandContext): Command {
  return newCommand('report')
    .description(
      'With --all the leaderboard, the curves, the settings, scaling and failures of the whole sweep: as a PDF, or with --format html as one page that needs no other file and no network. With an experiment its PDF.',
    )
    .argument('[experiment]', 'its name, or the beginning or a part of it')
    .option('--root <dir>', 'the folder that holds the experiments')
    .option('--all', 'the whole sweep')
    .addOption(choiceOption('--format <format>', 'of the sweep', formats, 'pdf'))
    .option('-o, --out <file>', 'the file to write, instead of NAME.tlw.pdf or NAME.tlw.html in this folder')
    .option('--by <metric>', 'judge by this metric instead of the root’s objective')
    .option('--where <condition>', 'only experiments such as "lr<=0.01 and bs=64"')
    .addHelpText(
      'after',
      examples(
        'tlw report --all',
        'tlw report --all --format html --out sweep.html',
        'tlw report --all --where "nodes=2" --by val_loss',
        'tlw report ppn_4 --out best.pdf',
      ),
    )
    .action(async (experiment: string | undefined, options: ReportOptions) => {
      requireOne(experiment, options);
      const bar = createProgressBar(context.stderr, true);
      try {
        const rendered =
          experiment === undefined
            ? await renderSweep(context, options, bar)
            : await renderOne(context, options, experiment);
        const file = resolve(context.folder, options.out ?? rendered.name);
        const { config } = context.loadConfig([rootFlag(options.root)]);
        await write(file, rendered, readShareGroup(config.shareGroup));
        bar.stop();
        const size = `${(Buffer.byteLength(rendered.content) / 1e6).toFixed(2)} MB`;
        context.stdout.write(`${shownPath(file, context.folder)}: ${rendered.what}, ${size}\n`);
      } finally {
        bar.stop();
      }
    });
}

function requireOne(experiment: string | undefined, { all, format, by, where }: ReportOptions): void {
  if (experiment === undefined && !all)
    throw new UserError('expected an experiment, or --all for the whole sweep', exitCodes.usage);
  if (experiment === undefined) return;
  const stray = all ? '--all' : by !== undefined ? '--by' : where !== undefined ? '--where' : undefined;
  if (stray !== undefined) throw new UserError(`${stray}: expected without the name of an experiment`, exitCodes.usage);
  if (format !== 'pdf') throw new UserError('--format html: expected with --all', exitCodes.usage);
}

async function renderSweep(context: CommandContext, options: ReportOptions, bar: ProgressBar): Promise<Rendered> {
  const data = await withData(context, options, (all) => readSweep(all, options, bar));
  const name = `${data.title.replace(/[^\p{L}\p{N}._-]+/gu, '-')}.tlw.${options.format}`;
  const what = data.experiments.length === 1 ? '1 experiment' : `${data.experiments.length} experiments`;
  if (options.format === 'html') return { content: renderSweepHtml(data), mark: sweepHtmlMark, name, what };
  const content = await renderSweepPdf(data, (done, of) => bar.onStep('drawing pages', done, of));
  return { content, mark: sweepPdfMark, name, what };
}

/** Everything at once: the database is closed before anything is drawn. */
function readSweep(data: Data, { by, where }: ReportOptions, bar: ProgressBar): SweepData {
  const isWanted = conditionOf(data.experiments, where);
  const experiments = readOverviews(data.store).filter(
    (each) => isWanted(each) && !each.user.tags.includes(archivedTag),
  );
  if (experiments.length === 0) {
    const why =
      where === undefined ? 'the root has no experiment yet' : `--where "${where}": no experiment is like that`;
    throw new UserError(why, exitCodes.noInput);
  }
  const objective = by === undefined ? data.objective : objectiveOf(data, by);
  const metrics = curveMetricsOf({ experiments, objective });
  const curves = new Map<string, SweepCurve>();
  for (const { key } of experiments) {
    curves.set(key, sweepCurveOf(readEpochMeans(data.store, key), metrics));
    bar.onStep('reading curves', curves.size, experiments.length);
  }
  return sweepDataOf({
    ...{ title: basename(resolve(data.root)) || 'sweep', experiments, objective },
    layout: layoutNames(data.config),
    repeatKeys: data.config.repeatKeys,
    curveOf: ({ key }: ExperimentOverview) => curves.get(key) ?? { epochs: [], figures: new Map() },
    programVersion: program.version,
  });
}

async function renderOne(context: CommandContext, options: ReportOptions, text: string): Promise<Rendered> {
  const { experiment, summary, sweep } = await withData(context, options, (data) => ({
    ...readWhole(data, findExperiment(data.store, text)),
    sweep: sweepContextOf(data.config, data.objective, readOverviews(data.store)),
  }));
  const content = await renderReport(experiment, summary, {
    ...{ varying: null, sweepBest: null, ...sweep },
    programVersion: program.version,
    dateText: new Date(experiment.log.mtimeMs).toISOString().slice(0, 10),
  });
  return { content, mark: reportMark, name: `${experiment.name}.tlw.pdf`, what: 'report' };
}

async function write(file: string, { content, mark }: Rendered, shareGroupId: number | null): Promise<void> {
  try {
    await publish(file, content, { mark, shareGroupId });
  } catch (error) {
    if (!(error instanceof PublishError)) throw error;
    const code = error.trouble === 'permission' ? exitCodes.noPermission : exitCodes.cannotCreate;
    throw new UserError(error.message, code, { cause: error });
  }
}
