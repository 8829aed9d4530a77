/** The watcher of the root: where it runs, what it says, what it cost in the last hour. */

import { hostname } from 'node:os';
import type { Config } from '../../config.js';
import { isAliveElsewhere, maybeHeartbeat } from '../../daemon/heartbeat.js';
import type { Jobs } from '../../daemon/jobs.js';
import { maybeHolder } from '../../daemon/lease.js';
import { isRunning } from '../../is-running.js';
import { exitCodes } from '../../user-error.js';
import type { CommandContext } from '../context.js';
import { ageOf, askWatcher } from '../control.js';
import { describeUsage } from '../usage-text.js';
import { type Finding, fail, ok, warn } from './finding.js';

/** Asks the watcher, or reads what the last one left: in the root only where that answers. */
export async function checkWatcher(
  context: CommandContext,
  loaded: ReturnType<CommandContext['loadConfig']>,
  { root, stateFolder, jobs }: { readonly root: string | null; readonly stateFolder: string; readonly jobs: Jobs },
): Promise<Finding[]> {
  const status = await askWatcher(context, loaded, 'status');
  if (status !== undefined) return [...describe(status, 'here'), checkUsage(status, loaded.config)];
  const heartbeat = await maybeHeartbeat(stateFolder, root, jobs);
  if (heartbeat !== undefined && isAliveElsewhere(heartbeat)) {
    return [...describe(heartbeat, `heartbeat of ${ageOf(heartbeat)}`), checkUsage(heartbeat, loaded.config)];
  }
  const holder = maybeHolder(stateFolder);
  if (holder !== undefined && holder.host === hostname() && isRunning(holder.pid)) {
    const text = `process ${holder.pid} holds the database, and does not answer`;
    return [fail('watcher', text, `kill ${holder.pid}, where it is one of yours that hangs`, exitCodes.unavailable)];
  }
  const last = heartbeat === undefined ? '' : `; the last one ran on ${heartbeat.host}, ${ageOf(heartbeat)}`;
  const left = holder === undefined ? '' : `, and left its lease: it was killed`;
  return [warn('watcher', `none runs${last}${left}`, 'tlw service install, or tlw watch in tmux')];
}

function describe(status: unknown, how: string): Finding[] {
  const { host, pid, text, health } = Object(status);
  const troubles: readonly unknown[] = Array.isArray(health) ? health : [];
  return [
    ok('watcher', `on ${String(host)}, process ${String(pid)} (${how}): ${String(text)}`),
    ...troubles.map((trouble) => warn('trouble', String(trouble), 'docs/clusters.md says what each of them means')),
  ];
}

/** Login nodes that watch their users look at averages: a hundredth of a core is noticed by nobody. */
const mostCpuShare = 0.05;

function checkUsage(status: unknown, { watch }: Config): Finding {
  const { usage } = Object(status);
  const { cpuSeconds, metadataOperations, minutes } = Object(usage);
  const seconds = Number(minutes) * 60;
  const text = describeUsage(usage);
  if (Number(cpuSeconds) / seconds > mostCpuShare && seconds >= 600) {
    return warn(
      'budget',
      text,
      'a first scan or many new logs cost that once; where it stays, choose a longer watch.rootSeconds',
    );
  }
  const limit = watch.opsPerSecond;
  if (limit !== null && Number(metadataOperations) / seconds > limit && seconds >= 600) {
    return warn('budget', text, `more than watch.opsPerSecond (${limit}) on average, as in a first scan or a rescan`);
  }
  return ok('budget', text);
}
