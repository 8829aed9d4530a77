import { readdirSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import type { Config } from '../config.js';
import { experimentOfLog, type LogPlace, parseOptions } from '../daemon/experiment-of-log.js';
import type { Experiment } from '../experiment.js';
import { parseHyperparameters } from '../hyperparameters.js';
import { explainLog } from '../log/explain.js';
import { chooseObjective } from '../objective.js';
import { renderPackage } from '../outputs/package.js';
import { program } from '../package.js';
import { summarise } from '../summarise.js';
import type { Summary } from '../summary.js';
import { exitCodes, UserError } from '../user-error.js';
import { createNameSorter, experimentName } from '../watch/layout.js';
import { troubleOf } from '../watch/trouble.js';
import { type Command, newCommand } from './command.js';
import { type CommandContext, rootFlag } from './context.js';
import { explanationText } from './explanation-text.js';
import { examples, shownPath } from './help.js';

/** `tlw parse`: one log without a database. */
export function parseCommand(context: CommandContext): Command {
  return newCommand('parse')
    .summary('read one log, and print what it says')
    .description(
      'Reads one log and prints the JSON package to stdout, and nothing else. ' +
        'With --out it writes JSON, PDF and CSV into a folder instead. No database is needed or touched.',
    )
    .argument('<log>', 'the log of one run')
    .option('-o, --out <dir>', 'write NAME.tlw.json, NAME.tlw.pdf and NAME.tlw.csv into this folder')
    .option('--root <dir>', 'the experiments root that the log belongs to: its key is its path below it')
    .option('--explain', 'show, for each kind of line, what was understood of it, and what was not')
    .addHelpText(
      'after',
      examples(
        'tlw parse train.log',
        'tlw parse train.log | jq .final',
        'tlw parse train.log --out results',
        'tlw parse train.log --explain | less',
      ),
    )
    .action(async (log: string, options: { out?: string; root?: string; explain?: true }) => {
      const { config } = context.loadConfig([rootFlag(options.root)]);
      const path = resolve(context.folder, log);
      if (options.explain) {
        context.stdout.write(explanationOf(path, config));
        return;
      }
      const { experiment, summary } = readOne(path, options.root === undefined ? null : config.root, config);
      if (options.out === undefined) {
        context.stdout.write(renderPackage(experiment, summary, program));
        return;
      }
      // Drawing takes long to load, and nothing else needs it.
      const { writeOutputs } = await import('../daemon/write-outputs.js');
      const folder = resolve(context.folder, options.out);
      const written = await writeOutputs({
        experiment,
        summary,
        folder,
        logPath: basename(path),
        kinds: ['package', 'report', 'csv'],
        recorded: {},
        createFolder: true,
      });
      for (const { path: file, error } of written) {
        if (error !== null) throw new UserError(error.message, exitCodes.cannotCreate);
        context.stderr.write(`${shownPath(file, context.folder)}\n`);
      }
    });
}

function explanationOf(path: string, config: Config): string {
  try {
    return explanationText(explainLog(path, parseOptions(config)));
  } catch (error) {
    throw mistakeOf(error, path);
  }
}

function readOne(path: string, root: string | null, config: Config): { experiment: Experiment; summary: Summary } {
  const { experiment } = read(placeOf(path, root, config), config);
  const { metric, direction } = config.objective;
  const summaryOfAll = summarise(experiment.run, null);
  const objective = chooseObjective([summaryOfAll], {
    ...(metric !== null && { metric }),
    ...(direction !== null && { direction }),
  });
  return { experiment, summary: summarise(experiment.run, objective) };
}

function read(place: LogPlace, config: Config) {
  try {
    return experimentOfLog(place, config);
  } catch (error) {
    throw mistakeOf(error, join(place.root, place.key));
  }
}

/** What a person did wrong, where that is why a log cannot be read; else the error itself. */
function mistakeOf(error: unknown, path: string): unknown {
  const { kind, reason } = troubleOf(error);
  if (kind === 'unobservable') return error;
  const code = { missing: exitCodes.noInput, unreadable: exitCodes.noPermission, ignored: exitCodes.noInput }[kind];
  return new UserError(`${path}: ${reason}`, code);
}

/** Without a root, the log is taken for `EXPERIMENT/FILE` in one that nobody named. */
function placeOf(path: string, root: string | null, config: Config): LogPlace {
  const base = root ?? dirname(dirname(path));
  const key = relative(base, path);
  if (key.startsWith('../')) throw new UserError(`${path}: expected a log below ${base}`, exitCodes.usage);
  const ownName = basename(path).replace(/(?<=.)\.[^.]*$/, '');
  const folder = basename(dirname(path));
  const isNamedByFolder =
    ownName === folder || parseHyperparameters(folder, config.hyperparameters.patterns, new Set()).length > 0;
  const name = root !== null || isNamedByFolder ? experimentName(key, isOnlyLog(path, config)) : ownName;
  return { root: base, key, file: key, name };
}

function isOnlyLog(path: string, config: Config): boolean {
  if (basename(path).replace(/\.[^.]*$/, '') === basename(dirname(path))) return true;
  const sortNames = createNameSorter({ logPatterns: config.logPatterns, endMarkers: [] });
  try {
    return sortNames(readdirSync(dirname(path))).logs.length <= 1;
  } catch {
    return true;
  }
}
