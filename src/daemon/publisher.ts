import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf } from '../errors.js';
import { countExperiments } from '../store/known-logs.js';
import { exportAnswer, rootFolder } from '../watch/root-folder.js';
import { workbookName, workbookPathOf } from './bring-workbook.js';
import { ControlError } from './control-server.js';
import { forgetDeleted } from './deleted-outputs.js';
import { type Progress, type Published, publishFiles, publishTables, unseen } from './reload.js';
import type { Session } from './session.js';
import { createStaleOutputs } from './stale-outputs.js';

/** What an export gave. */
export interface Exported {
  readonly path: string;
  /** Experiments in the workbook. */
  readonly rows: number;
  /** What writing took, the same for all who share it: one who came late waited less. */
  readonly tookMs: number;
  readonly notices: readonly string[];
}

/** Publishes, one time after the other: who asks while it is at work shares what comes of it. */
export interface Publisher {
  /** Writes the workbook, where it is due and `withTables`, and then files of experiments until `isOver`; gives how many of those wait. */
  publish(options?: {
    readonly withTables?: boolean;
    readonly isOver?: () => boolean;
  }): Promise<{ readonly left: number }>;
  /** The workbook, now. Rejects with what the user should know where it cannot be written. */
  exportNow(): Promise<Exported>;
  /** ms until what could not be written is worth another try; infinite where there is no such thing. */
  retryMs(): number;
  /** As `exportNow`, for who rang: what came of it is told in the doorbell folder. */
  exportForBell(): Promise<void>;
  /** ms until the workbook may be written again, so that it takes no more than a twentieth of a processor. */
  restMs(): number;
  /** As `restMs`, for files beside logs: finding out which are due takes a look through the whole root. */
  filesRestMs(): number;
  /** When the workbook was last found or made up to date, ms since 1970; null before the first time. */
  readonly lastMs: number | null;
}

type TimedTables = Awaited<ReturnType<typeof publishTables>> & Pick<Exported, 'tookMs'>;

/** After a workbook, the next one waits so many times as long as this one took, but no longer than five minutes. */
const restFactor = 20;
const longestRestMs = 300_000;

/** ms until something that has just ended may be done again. */
function restAfter(tookMs: number): number {
  return Math.min(longestRestMs, restFactor * tookMs);
}

/** Nothing is published before it is asked for. */
export function createPublisher(session: Session, progress: Progress = unseen): Publisher {
  let running: Promise<TimedTables> | undefined;
  let lastMs: number | null = null;
  let [nextMs, nextFilesMs] = [0, 0];
  const stale = createStaleOutputs(session);
  const bringTables = ({ isAskedFor = false } = {}): Promise<TimedTables> => {
    const startedMs = performance.now();
    // Who asks for the workbook wants to have it: where somebody moved it away a moment ago, too.
    running ??= (isAskedFor ? forgetDeleted(session, workbookName) : Promise.resolve())
      .then(() => publishTables(session, { isAskedFor }))
      .then((published) => {
        if (published.errors.length === 0) lastMs = session.now();
        say(session, { ...published, files: 0 });
        return { ...published, tookMs: Math.round(performance.now() - startedMs) };
      })
      .finally(() => {
        running = undefined;
        const nowMs = performance.now();
        nextMs = nowMs + restAfter(nowMs - startedMs);
      });
    return running;
  };
  const publish: Publisher['publish'] = async ({ withTables = true, isOver = () => false } = {}) => {
    const tables = withTables ? await bringTables() : null;
    const startedMs = performance.now();
    let done = 0;
    const counted: Progress = {
      ...progress,
      onWritten: (written, of) => {
        done = written;
        progress.onWritten(written, of);
      },
    };
    const { files, errors, left, surveyMs } = await publishFiles(session, counted, isOver);
    nextFilesMs = performance.now() + restAfter(surveyMs);
    session.backlog.written(done, performance.now() - startedMs, left);
    say(session, { files, workbook: null, errors });
    // That the workbook is not due yet is no trouble.
    if (tables !== null || errors.length > 0) {
      stale.see({ files, workbook: tables?.workbook ?? null, errors: [...(tables?.errors ?? []), ...errors] });
    }
    return { left };
  };
  const exportNow = async (): Promise<Exported> => {
    const { workbook, errors, tookMs } = await bringTables({ isAskedFor: true });
    const [error] = errors;
    if (workbook === null && error !== undefined) {
      keepResult(session, { error: error.message });
      throw new ControlError(error.message, error.trouble);
    }
    const exported = {
      path: workbook?.path ?? workbookPathOf(session),
      rows: workbook?.rows ?? countExperiments(session.store),
      tookMs,
      notices: workbook?.notices ?? [],
    };
    session.log.info('workbook exported', { path: exported.path, rows: exported.rows });
    stale.hasten();
    session.news.tell();
    keepResult(session, exported);
    return exported;
  };
  return {
    publish,
    retryMs: stale.retryMs,
    restMs: () => Math.max(0, nextMs - performance.now()),
    filesRestMs: () => Math.max(0, nextFilesMs - performance.now()),
    get lastMs() {
      return lastMs;
    },
    exportNow,
    exportForBell: async () => {
      try {
        await answerBell(session, await exportNow());
      } catch (error) {
        await answerBell(session, { error: messageOf(error) });
      }
    },
  };
}

/** Errors that are told one by one: where a file server is away, all files have one. */
const mostErrors = 5;

function say({ log }: Session, { files, workbook, errors }: Published): void {
  for (const { message } of errors.slice(0, mostErrors)) log.warn('file could not be written', { reason: message });
  const more = errors.length - mostErrors;
  if (more > 0) log.warn('more files could not be written', { files: more });
  for (const notice of workbook?.notices ?? []) log.warn('about the workbook', { notice });
  if (workbook?.isNew) log.info('workbook written', { path: workbook.path });
  if (files > 0) log.debug('files written', { files });
}

/** Where no word can be left, the workbook itself must tell. */
async function answerBell({ jobs, root, log, now }: Session, result: object): Promise<void> {
  try {
    const content = { at: new Date(now()).toISOString(), ...result };
    await jobs.leaveInRoot({ root, path: join(rootFolder, exportAnswer), kind: 'export', content });
  } catch (error) {
    log.warn('no word could be left at the doorbell', {
      reason: messageOf(error),
    });
  }
}

/** For who asked by a signal, and so got no answer. */
function keepResult({ store, now, log }: Session, result: object): void {
  const file = join(dirname(store.file), 'last-export.json');
  try {
    writeFileSync(file, `${JSON.stringify({ at: new Date(now()).toISOString(), ...result })}\n`, { mode: 0o600 });
  } catch (error) {
    // The workbook is there all the same.
    log.warn('result of an export could not be kept', { file, reason: messageOf(error) });
  }
}
