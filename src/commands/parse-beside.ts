import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseList as parseNames } from '../daemon/backfill/script.js';
import { startJobs } from '../daemon/jobs.js';
import type { ParsedBeside } from '../daemon/parse-beside.js';
import { type ParsedList, parseList } from '../daemon/parse-list.js';
import { escapeText } from '../escape-text.js';
import { exitCodes, UserError } from '../user-error.js';
import type { CommandContext } from './context.js';
import { rootFlag } from './context.js';
import { createProgressBar } from './progress-bar.js';
import { requireDialects, requireFolder, requireRoot } from './requirements.js';

/** Reads all logs of a list, and writes the files of each beside it, as many logs at a time as there are processes. */
export async function parseBesideAll(
  context: CommandContext,
  { root, from }: { readonly root?: string; readonly from: string },
): Promise<void> {
  const loaded = context.loadConfig([rootFlag(root)]);
  const folder = requireRoot(loaded);
  await requireFolder(folder);
  await requireDialects(loaded);
  const logs = readNames(resolve(context.folder, from)).map((name) => join(folder, name));
  const parsed = await workOff(context, { root: folder, logs, config: loaded.config, processes: 1 });
  context.stdout.write(`${sentenceOf(parsed)}\n`);
}

/** Works off a list, with progress, a line on stderr for each log that failed, and an exit code where any did. */
export async function workOff(
  context: CommandContext,
  {
    processes,
    ...list
  }: { readonly processes: number } & Pick<Parameters<typeof parseList>[0], 'root' | 'logs' | 'config'>,
): Promise<ParsedList> {
  const bar = createProgressBar(context.stderr, list.config.log.level === 'info');
  const jobs = startJobs(processes);
  let isOver = false;
  context.onStop(() => {
    isOver = true;
    void jobs.close();
  });
  let done = 0;
  let hasWriteTrouble = false;
  const onDone = (_: string, parsed: ParsedBeside): void => {
    bar.onRead(++done, list.logs.length - done);
    if (parsed.state !== 'failed') return;
    hasWriteTrouble ||= parsed.trouble !== null;
    bar.stream.write(`tlw: ${escapeText(parsed.message)}\n`);
  };
  try {
    const parsed = await parseList({ ...list, jobs, onDone, isOver: () => isOver });
    if (parsed.stoppedBy !== null)
      bar.stream.write('tlw: stopped: the logs that are left would fail in the same way\n');
    if (parsed.failed > 0) context.setExitCode(hasWriteTrouble ? exitCodes.cannotCreate : exitCodes.noInput);
    if (isOver) context.setExitCode(exitCodes.tryAgain);
    return parsed;
  } finally {
    bar.stop();
    await jobs.close();
  }
}

/** `1200 logs read, 3 had their package already, 1 failed` */
export function sentenceOf({ written, present, failed }: ParsedList): string {
  return `${written} logs read, ${present} had their package already, ${failed} failed`;
}

function readNames(file: string): string[] {
  if (!existsSync(file)) throw new UserError(`${file}: expected a list of logs, got no file`, exitCodes.noInput);
  return parseNames(readFileSync(file));
}
