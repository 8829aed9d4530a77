import { join, posix } from 'node:path';
import type { Config } from '../../config.js';
import { exitCodes, UserError } from '../../user-error.js';
import { fileSystemOf } from '../../watch/file-system.js';
import { identify } from '../../watch/identity.js';
import type { ReadOrder } from '../../watch/readings.js';
import { startWatcher } from '../../watch/watcher.js';
import { hasCurrentPackage, packagePathsOf } from '../current-package.js';
import { watchSettings } from '../watch-settings.js';

/** A log that is finished and has no package of its present state. */
export interface UnpackagedLog {
  /** Relative to the root; of a link, what it leads to. */
  readonly file: string;
  readonly sizeBytes: number;
}

export interface FoundLogs {
  readonly unpackaged: readonly UnpackagedLog[];
  /** Finished logs that have one. */
  readonly packaged: number;
  /** Logs that may still grow, and so are left to the watcher. */
  readonly growing: number;
}

/**
 * Looks at a root as the watcher does, and lists its finished logs. Nothing is remembered between two calls: a package is what
 * says that a log is done. Throws a `UserError` where the root cannot be looked at.
 */
export async function findUnpackaged(
  root: string,
  config: Config,
  onSeen: (logs: number) => void = () => {},
): Promise<FoundLogs> {
  const unpackaged: UnpackagedLog[] = [];
  let [packaged, growing] = [0, 0];
  const take = (order: ReadOrder): void => {
    const seen = lookAt(root, order, config, Date.now());
    if (seen === 'packaged') packaged += 1;
    else if (seen === 'growing') growing += 1;
    else if (seen !== undefined) unpackaged.push({ file: order.file, sizeBytes: seen });
  };
  const watcher = startWatcher({
    ...{ root, isSinglePass: true },
    settings: (fileSystem) => watchSettings(fileSystem ?? fileSystemOf(0), config),
    onNews: () => {
      for (let order = watcher.takeReading(); order !== undefined; order = watcher.takeReading()) {
        take(order);
        watcher.finishReading(order.path, { problem: null, isHopeless: true });
        onSeen(unpackaged.length + packaged + growing);
      }
    },
  });
  try {
    await watcher.pass();
    const missing = watcher.takeChanges()?.health.get('ROOT_MISSING');
    if (missing) {
      throw new UserError(`${root}: expected the folder that holds the experiments; ${missing}`, exitCodes.noInput);
    }
  } finally {
    await watcher.close();
  }
  return { unpackaged, packaged, growing };
}

/** In a root that cannot be written to nobody knows the file server's time, and so not for how long a log has been silent. */
const surelySilentMs = 3_600_000;

/** Its size where it is to be read; undefined where nothing can be said of it, or it lies elsewhere. */
function lookAt(
  root: string,
  { file, path, name, purpose }: ReadOrder,
  config: Config,
  nowMs: number,
): number | 'packaged' | 'growing' | undefined {
  if (posix.normalize(file).startsWith('../')) return undefined;
  try {
    const identity = identify(join(root, file));
    if (purpose !== 'final' && nowMs - identity.mtimeMs < surelySilentMs) return 'growing';
    const paths = packagePathsOf({ root, file, key: path, name }, config);
    return hasCurrentPackage(paths, identity) ? 'packaged' : identity.sizeBytes;
  } catch {
    // It has gone meanwhile, or may not be read: the watcher says so.
    return undefined;
  }
}
