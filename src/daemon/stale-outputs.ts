import { readOverviews } from '../store/read-overviews.js';
import { type BackOff, createBackOff } from './back-off.js';
import { isWorkbookDue, workbookName } from './bring-workbook.js';
import { readRootOutputRecords } from './output-records.js';
import type { Published } from './reload.js';
import type { Session } from './session.js';

/** Remembers that outputs could not be written, tells people, and says when to try again. */
export interface StaleOutputs {
  /** Takes in what came of publishing. */
  see(published: Published): void;
  /** ms until publishing is worth another try; infinite where nothing waits for it. */
  retryMs(): number;
  /** Something could be written: what waits is worth another try now. */
  hasten(): void;
}

/** All outputs are as they should be. */
export function createStaleOutputs(session: Session, backOff: BackOff = createBackOff()): StaleOutputs {
  const { health, log } = session;
  let waits = false;
  return {
    see({ errors }) {
      // A workbook that somebody has open is no error, and takes its place later.
      waits = errors.length > 0 || isWorkbookDue(session);
      if (waits) backOff.fail();
      else backOff.succeed();
      const [error] = errors;
      if (error === undefined) {
        if (health.delete('OUTPUT_STALE')) log.info('outputs can be written again');
        return;
      }
      health.set('OUTPUT_STALE', `${staleness(session, errors.length)}: ${error.message}`);
    },
    retryMs: () => (waits ? backOff.restMs() : Number.POSITIVE_INFINITY),
    hasten: backOff.hasten,
  };
}

function staleness(session: Session, failures: number): string {
  if (!isWorkbookDue(session))
    return failures === 1 ? 'a file is not up to date' : `${failures} files are not up to date`;
  const { writtenMs } = readRootOutputRecords(session.store).get(workbookName) ?? {};
  const missing = readOverviews(session.store).filter(({ changedMs }) => changedMs > (writtenMs ?? 0)).length;
  const runs = `${missing} ${missing === 1 ? 'run' : 'runs'} missing`;
  if (writtenMs === undefined) return `there is no workbook yet, ${runs}`;
  return `workbook of ${new Date(writtenMs).toTimeString().slice(0, 5)} still shown, ${runs}`;
}
