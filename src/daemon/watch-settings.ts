import type { Config } from '../config.js';
import type { FileSystem } from '../watch/file-system.js';
import { ownerId } from '../watch/owner.js';
import { defaultSettings, type WatchSettings } from '../watch/settings.js';

/** How a root on such a file system is watched: the defaults for it, and what the config says instead. */
export function watchSettings(
  fileSystem: FileSystem,
  { logPatterns, depth, outputs, finished, watch }: Config,
): WatchSettings {
  const usual = defaultSettings(fileSystem);
  const ms = (seconds: number | null, otherwise: number): number => (seconds === null ? otherwise : seconds * 1000);
  return {
    ...usual,
    logPatterns,
    depth,
    endMarkers: finished.markers,
    settleMs: ms(finished.settleSeconds, usual.settleMs),
    quietMs: ms(finished.quietSeconds, usual.quietMs),
    progressMs: ms(watch.progressSeconds, usual.progressMs),
    rootIntervalMs: ms(watch.rootSeconds, usual.rootIntervalMs),
    hotMinMs: ms(watch.growingMinSeconds, usual.hotMinMs),
    hotMaxMs: ms(watch.growingMaxSeconds, usual.hotMaxMs),
    warmIntervalMs: ms(watch.recentSeconds, usual.warmIntervalMs),
    coldIntervalMs: ms(watch.oldSeconds, usual.coldIntervalMs),
    doorbellIntervalMs: watch.doorbellSeconds * 1000,
    opsPerSecond: watch.opsPerSecond ?? usual.opsPerSecond,
    burstOps: watch.burstOps ?? usual.burstOps,
    sweepOpsPerSecond: watch.sweepOpsPerSecond ?? usual.sweepOpsPerSecond,
    useEvents: watch.events ?? usual.useEvents,
    // A root that outputs are kept out of may be read-only, and is left as it is.
    markRoot: watch.marker ?? outputs.dir === null,
    followExternalLinks: watch.followExternalLinks,
    trustOwners: watch.trustOwners.includes('*') ? '*' : watch.trustOwners.flatMap((name) => ownerId(name) ?? []),
  };
}
