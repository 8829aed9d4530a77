import type { OutputError } from '../daemon/output-files.js';
import type { PassResult } from '../daemon/reload-once.js';
import { watchLoop } from '../daemon/watch-loop.js';
import { escapeText } from '../escape-text.js';
import { exitCodes } from '../user-error.js';
import { type Command, newCommand } from './command.js';
import { type CommandContext, rootFlag } from './context.js';
import { examples, shownPath } from './help.js';
import { optimiseLate } from './optimise-late.js';
import { createProgressBar } from './progress-bar.js';
import { requireDialects, requireRoot } from './requirements.js';

/** `tlw watch`: the daemon's job, in a loop or once. */
export function watchCommand(context: CommandContext): Command {
  return newCommand('watch')
    .description(
      'Looks for experiments below the root, reads each log once it is finished, and writes the database, the ' +
        'report beside each log, and the workbook. Runs until Ctrl-C, or once with --once.',
    )
    .option('--root <dir>', 'the folder that holds the experiments')
    .option('--once', 'do what there is to do, and end')
    .addHelpText('after', examples('tlw watch --root OUTPUTS', 'tlw watch --root OUTPUTS --once'))
    .action(async (options: { root?: string; once?: true }) => {
      const loaded = context.loadConfig([rootFlag(options.root)]);
      if (!options.once) {
        await requireDialects(loaded);
        optimiseLate();
        const stop = new AbortController();
        context.onStop(() => stop.abort());
        const isShown = context.stderr.isTTY === true && loaded.config.log.level === 'info';
        const bar = createProgressBar(context.stderr, isShown, { least: 20, isForEver: true });
        const log = context.logMessages(loaded, bar.stream);
        context.signals.on('SIGUSR1', () => log.info('SIGUSR1 means nothing here, SIGUSR2 exports the workbook'));
        stop.signal.addEventListener('abort', bar.stop);
        await watchLoop({
          root: requireRoot(loaded),
          config: loaded.config,
          environment: context.environment,
          log,
          signal: stop.signal,
          progress: bar,
          readConfig: () => context.loadConfig([rootFlag(options.root)]).config,
          onRequest: (what, act) => context.signals.on(what === 'export' ? 'SIGUSR2' : 'SIGHUP', act),
        });
        return;
      }
      const { doOnce } = await import('./once.js');
      const result = await doOnce(context, loaded, {
        patienceMs: 15_000,
        // A look at a local disk costs nothing, so that what stands still for seconds can be taken for finished.
        settings: (_, isLocal) => (isLocal ? { settleMs: 2000, quietMs: 3000 } : {}),
      });
      sayOnce(context, result);
    });
}

/** Says what one pass did; files that could not be written are an error. */
export function sayOnce(context: CommandContext, result: PassResult & { readonly folder: string }): void {
  const { folder, read, files, workbook, errors } = result;
  const { stdout, stderr } = context;
  stdout.write(
    `${count(read, 'log')} read, ${count(files, 'file')} written below ${shownPath(folder, context.folder)}\n`,
  );
  if (workbook !== null) stdout.write(`workbook: ${shownPath(workbook.path, context.folder)}\n`);
  for (const notice of workbook?.notices ?? []) stdout.write(`note: ${escapeText(notice)}\n`);
  for (const line of errorLines(errors)) stderr.write(`tlw: ${escapeText(line)}\n`);
  if (errors.length === 0) return;
  const isDenied = errors.some(({ trouble }) => trouble === 'permission');
  context.setExitCode(isDenied ? exitCodes.noPermission : exitCodes.cannotCreate);
}

const mostErrors = 3;

/** The first errors, how many more there are, and what to do about them. */
export function errorLines(errors: readonly OutputError[]): string[] {
  const lines = errors.slice(0, mostErrors).map(({ message }) => message);
  if (errors.length > mostErrors) lines.push(`and ${errors.length - mostErrors} more files could not be written`);
  const isReadOnly = errors.some(({ trouble }) => trouble === 'permission' || trouble === 'read_only');
  if (isReadOnly) lines.push('for a root that you may not write in, choose another folder: --set outputs.dir=DIR');
  return lines;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
