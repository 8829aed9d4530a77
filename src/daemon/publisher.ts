import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf } from '../errors.js';
import { readOverviews } from '../store/read-overviews.js';
import { exportAnswer, rootFolder } from '../watch/root-folder.js';
import { workbookPathOf } from './bring-workbook.js';
import { ControlError } from './control-server.js';
import { type Progress, type Published, publishAll } from './reload.js';
import type { Session } from './session.js';
import { createStaleOutputs } from './stale-outputs.js';

/** What an export gave. */
export interface Exported {
  readonly path: string;
  /** Experiments in the workbook. */
  readonly rows: number;
  readonly tookMs: number;
  readonly notices: readonly string[];
}

/** Publishes, one time after the other: who asks while it is at work shares what comes of it. */
export interface Publisher {
  publish(): Promise<Published>;
  /** The workbook, now. Rejects with what the user should know where it cannot be written. */
  exportNow(): Promise<Exported>;
  /** ms until what could not be written is worth another try; infinite where there is no such thing. */
  retryMs(): number;
  /** As `exportNow`, for who rang: what came of it is told in the doorbell folder. */
  exportForBell(): Promise<void>;
  /** When the workbook was last found or made up to date, ms since 1970; null before the first time. */
  readonly lastMs: number | null;
}

const unseen: Progress = { onRead: () => {}, onWritten: () => {} };

/** Nothing is published before it is asked for. */
export function createPublisher(session: Session): Publisher {
  let running: Promise<Published> | undefined;
  let lastMs: number | null = null;
  const stale = createStaleOutputs(session);
  const publish = (): Promise<Published> => {
    running ??= publishAll(session, unseen)
      .then((published) => {
        if (published.errors.length === 0) lastMs = session.now();
        stale.see(published);
        say(session, published);
        return published;
      })
      .finally(() => {
        running = undefined;
      });
    return running;
  };
  const exportNow = async (): Promise<Exported> => {
    const startedMs = performance.now();
    const { workbook, errors } = await publish();
    const [error] = errors;
    if (workbook === null && error !== undefined) {
      keepResult(session, { error: error.message });
      throw new ControlError(error.message, error.trouble);
    }
    const exported = {
      path: workbook?.path ?? workbookPathOf(session),
      rows: workbook?.rows ?? readOverviews(session.store).length,
      tookMs: Math.round(performance.now() - startedMs),
      notices: workbook?.notices ?? [],
    };
    session.log.info('workbook exported', { path: exported.path, rows: exported.rows });
    keepResult(session, exported);
    return exported;
  };
  return {
    publish,
    retryMs: stale.retryMs,
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

function say({ log }: Session, { files, workbook, errors }: Published): void {
  for (const { message } of errors) log.warn('file could not be written', { reason: message });
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
