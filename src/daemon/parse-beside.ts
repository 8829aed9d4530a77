import { dirname, join } from 'node:path';
import type { Config } from '../config.js';
import type { PublishTrouble } from '../outputs/publish-error.js';
import { removeLeftovers } from '../outputs/publish-temporary.js';
import { UserError } from '../user-error.js';
import { identify } from '../watch/identity.js';
import { troubleOf } from '../watch/trouble.js';
import { hasCurrentPackage, packagePathsOf } from './current-package.js';
import { experimentOfLog } from './experiment-of-log.js';
import { placeOfLog, summariseAlone } from './log-place.js';
import { type OutputKind, outputKinds } from './output-files.js';
import { outputFolderOf } from './places.js';
import { readShareGroup } from './share-group.js';
import { writeOutputs } from './write-outputs.js';

export interface BesideOrder {
  /** Absolute. */
  readonly root: string;
  /** Absolute. */
  readonly log: string;
  readonly config: Config;
}

/** What became of one log of a list. */
export type ParsedBeside =
  | { readonly state: 'written' | 'present' }
  | { readonly state: 'failed'; readonly message: string; readonly trouble: PublishTrouble | null };

/**
 * Reads one log and writes its files to where the watcher writes them, the package last: a log that has one has all its
 * files, so that whoever is killed in between can be called again; `onPiece`: see `SourceOptions`. Never throws.
 */
export async function parseBeside(
  { root, log, config }: BesideOrder,
  onPiece: () => void = () => {},
): Promise<ParsedBeside> {
  try {
    const place = placeOfLog(log, root, config);
    if (hasCurrentPackage(packagePathsOf(place, config), identify(log))) return { state: 'present' };
    const { experiment, changedMeanwhile } = experimentOfLog(place, config, { onPiece });
    // Its package would say that it shows all of the log.
    if (changedMeanwhile) return fail(`${log}: it was written to while it was read`);
    const folder = outputFolderOf(root, config);
    // What a task that was killed had begun to write.
    await removeLeftovers(dirname(join(folder, place.key))).catch(() => []);
    const order = {
      ...{ experiment, summary: summariseAlone(experiment.run, config), folder },
      recorded: {},
      createFolder: config.outputs.dir !== null,
      shareGroupId: readShareGroup(config.shareGroup),
    };
    const drawn: readonly OutputKind[] = outputKinds.filter((kind) => kind !== 'package' && config.outputs[kind]);
    for (const kinds of [drawn, ['package'] as const]) {
      const failed = (await writeOutputs({ ...order, kinds })).find(({ error }) => error !== null);
      if (failed?.error) return { state: 'failed', ...failed.error };
    }
    return { state: 'written' };
  } catch (error) {
    const reason = error instanceof UserError ? error.message : `${log}: ${troubleOf(error).reason}`;
    return fail(reason);
  }
}

function fail(message: string): ParsedBeside {
  return { state: 'failed', message, trouble: null };
}
