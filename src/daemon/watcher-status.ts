import { hostname } from 'node:os';
import type { WatchStatus } from '../watch/watch-status.js';
import { type BacklogStatus, backlogText } from './backlog.js';
import { troublesOf } from './health.js';
import type { LoopDelay } from './loop-delay.js';
import type { Publisher } from './publisher.js';
import type { Session } from './session.js';
import type { UsageLastHour } from './usage.js';

/** What `tlw status` shows of a running watcher. */
export interface WatcherStatus {
  readonly host: string;
  readonly pid: number;
  readonly root: string;
  /** One line: what it is doing. */
  readonly text: string;
  /** A sentence for each thing that is amiss. */
  readonly health: readonly string[];
  /** When the workbook was last found or made up to date, ms since 1970. */
  readonly lastPublishedMs: number | null;
  /** Of the root; null until it is known. */
  readonly fileSystem: string | null;
  /** Folders that could not be looked at; at most 20. */
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
  /** What the last hour cost. */
  readonly usage: UsageLastHour & { readonly metadataOperations: number };
  /** Logs by state, those with a problem by that. */
  readonly logs: Readonly<Record<string, number>>;
  /** What is still to be done, where many logs came at once. */
  readonly backlog: BacklogStatus;
  /** How long the watcher's own loop did not turn. */
  readonly loopDelay: LoopDelay;
}

/** The status now. */
export function statusOf(
  session: Session,
  publisher: Publisher,
  watched: WatchStatus = session.watcher.status(),
): WatcherStatus {
  const { fileSystem, unreadable, opsLastHour, logs } = watched;
  return {
    host: hostname(),
    pid: process.pid,
    root: session.root,
    text: sentenceOf(session, publisher, watched),
    health: troublesOf(session.health),
    lastPublishedMs: publisher.lastMs,
    fileSystem: fileSystem?.name ?? null,
    unreadable,
    usage: { metadataOperations: opsLastHour, ...session.usage.lastHour() },
    logs,
    backlog: session.backlog.status(),
    loopDelay: session.meter.read(),
  };
}

/** What the watcher is doing in one line; what is amiss comes first. */
export function sentenceOf(
  { health, backlog }: Session,
  { lastMs }: Publisher,
  { logs, waiting, dueLooks }: WatchStatus,
): string {
  const experiments = Object.values(logs).reduce((sum, count) => sum + count, 0) - logs.ignored;
  const running = logs.new + logs.growing + logs.quiet + logs.parsing;
  const [trouble] = troublesOf(health);
  return [
    trouble,
    `watching ${experiments.toLocaleString('en')} experiment${experiments === 1 ? '' : 's'}`,
    `${running} running`,
    backlogText(backlog.status()) ??
      (waiting > 0 ? `${waiting} to be read` : dueLooks > 100 ? `${dueLooks} looks to go` : undefined),
    lastMs === null ? undefined : `last workbook ${new Date(lastMs).toTimeString().slice(0, 5)}`,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}
