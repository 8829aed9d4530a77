/** The workbook from a watcher on another login node: by the doorbell in the root, which every host can reach. */

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAliveElsewhere } from '../daemon/heartbeat.js';
import { exitCodes, UserError } from '../user-error.js';
import { rootFolder } from '../watch/root-folder.js';
import type { CommandContext } from './context.js';
import { ageOf, askRoot, maybeLastHeartbeat } from './control.js';
import { requireRoot } from './requirements.js';

/** The doorbell is looked at within a minute or two, and a large workbook takes its time too. */
const patienceMs = 10 * 60_000;
const lookMs = 1000;

/** Rings for the workbook and waits for it; undefined where no watcher can be taken to run elsewhere. */
export async function exportElsewhere(
  context: CommandContext,
  loaded: ReturnType<CommandContext['loadConfig']>,
): Promise<unknown> {
  const heartbeat = await maybeLastHeartbeat(context, loaded);
  if (heartbeat === undefined || !isAliveElsewhere(heartbeat)) return undefined;
  const root = requireRoot(loaded);
  const folder = join(root, rootFolder);
  const where = `the watcher of ${root} runs on ${heartbeat.host} (heard of ${ageOf(heartbeat)})`;
  return askRoot(root, async (jobs) => {
    const { missing } = await jobs.examineFolder(folder, false);
    if (missing !== null) {
      const advice = `ssh ${heartbeat.host} tlw export --root ${root}`;
      throw new UserError(`${where} and has no doorbell in the root: ${advice}`, exitCodes.unavailable);
    }
    const before = (await jobs.ringBell(folder))?.at;
    context.stderr.write(`tlw: ${where}: rang its doorbell, and wait for the workbook; that may take some minutes\n`);
    for (const beganMs = performance.now(); performance.now() - beganMs < patienceMs; ) {
      await sleep(lookMs);
      const answer = await jobs.maybeBellAnswer(folder);
      if (answer === undefined || answer.at === before) continue;
      if (typeof answer.error === 'string') throw new UserError(answer.error, exitCodes.cannotCreate);
      return answer;
    }
    const minutes = patienceMs / 60_000;
    throw new UserError(`${where} and did not answer the doorbell in ${minutes} minutes`, exitCodes.tryAgain);
  });
}
