/** An upgrade replaces the program's files while it runs: nothing of the new ones may be loaded into the old. */

import { setTimeout as sleep } from 'node:timers/promises';
import { isProgramReplaced, maybeInstalledVersion, maybeProgramBuild, program } from '../package.js';
import { exitCodes, UserError } from '../user-error.js';

/** The program's files are others than those that this process was loaded from. */
export class ReplacedError extends UserError {
  override readonly name = 'ReplacedError';

  constructor() {
    const now = maybeInstalledVersion() ?? 'another';
    super(
      `the program was replaced while it ran (version ${program.version}, now ${now}): it ends, so that its service starts the new one; where no service does, start it again`,
      exitCodes.tryAgain,
    );
  }
}

/** Throws a `ReplacedError` where the program's files are not those of this process any longer. */
export function requireSameProgram(build?: string): void {
  if (isProgramReplaced(build)) throw new ReplacedError();
}

const settledMs = 2000;
const longestMs = 120_000;

/** Resolves when the new files are there and stand still, after two minutes in any case, or when `signal` comes. */
export async function untilReplaced(signal: AbortSignal): Promise<void> {
  const startedMs = performance.now();
  let [build, sinceMs] = [buildNow(), startedMs];
  while (!signal.aborted && performance.now() - startedMs < longestMs) {
    if (build !== undefined && performance.now() - sinceMs >= settledMs) return;
    await sleep(100, undefined, { signal }).catch(() => undefined);
    const now = buildNow();
    if (now !== build) [build, sinceMs] = [now, performance.now()];
  }
}

function buildNow(): string | undefined {
  try {
    return maybeProgramBuild();
  } catch {
    // Until the disk answers.
    return undefined;
  }
}
