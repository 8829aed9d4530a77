import { basename, join, resolve } from 'node:path';
import type { Config } from '../config.js';
import { experimentOfLog, type LogPlace, parseOptions } from '../daemon/experiment-of-log.js';
import { placeOfLog, summariseAlone } from '../daemon/log-place.js';
import { readShareGroup } from '../daemon/share-group.js';
import type { Experiment } from '../experiment.js';
import { explainLog } from '../log/explain.js';
import { renderPackage } from '../outputs/package.js';
import { program } from '../package.js';
import type { Summary } from '../summary.js';
import { exitCodes, UserError } from '../user-error.js';
import { troubleOf } from '../watch/trouble.js';
import { type Command, newCommand } from './command.js';
import { type CommandContext, rootFlag } from './context.js';
import { explanationText } from './explanation-text.js';
import { examples, shownPath } from './help.js';

interface ParseOptions {
  readonly out?: string;
  readonly root?: string;
  readonly from?: string;
  readonly beside?: true;
  readonly explain?: true;
}

/** `tlw parse`: one log without a database. */
export function parseCommand(context: CommandContext): Command {
  return newCommand('parse')
    .description(
      'Reads one log and prints the JSON package to stdout, and nothing else. ' +
        'With --out it writes JSON, PDF and CSV into a folder instead. With --from it reads many logs, and writes the files ' +
        'of each beside it. No database is needed or touched.',
    )
    .argument('[log]', 'the log of one run')
    .option('-o, --out <dir>', 'write NAME.tlw.json, NAME.tlw.pdf and NAME.tlw.csv into this folder')
    .option('--root <dir>', 'the experiments root that the log belongs to: its key is its path below it')
    .option(
      '--from <list>',
      'read the logs that a file lists, relative to the root: one a line, or with a NUL behind each',
    )
    .option('--beside', 'with --from: write the files where the watcher does, and leave logs alone that have a package')
    .option('--explain', 'show, for each kind of line, what was understood of it, and what was not')
    .addHelpText(
      'after',
      examples(
        'tlw parse train.log',
        'tlw parse train.log | jq .final',
        'tlw parse train.log --out results',
        'tlw parse train.log --explain | less',
        'find . -name "*.log" -print0 >list; tlw parse --root . --from list --beside',
      ),
    )
    .action(async (log: string | undefined, options: ParseOptions) => {
      const { from } = options;
      if ((log === undefined) === (from === undefined))
        throw new UserError('expected one log, or a list of them with --from', exitCodes.usage);
      if (log === undefined || from !== undefined) {
        if (!options.beside || from === undefined)
          throw new UserError('--from: expected --beside, which says where the files go', exitCodes.usage);
        const { parseBesideAll } = await import('./parse-beside.js');
        await parseBesideAll(context, { ...options, from });
        return;
      }
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
        shareGroupId: readShareGroup(config.shareGroup),
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
  const { experiment } = read(placeOfLog(path, root, config), config);
  return { experiment, summary: summariseAlone(experiment.run, config) };
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
