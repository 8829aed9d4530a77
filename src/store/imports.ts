/** Experiments whose log does not lie in the root. */

import type { Experiment } from '../experiment.js';
import type { SlurmJob } from '../slurm-job.js';
import type { Summary, UserNotes } from '../summary.js';
import { markGone } from './known-logs.js';
import { readUserNotes, setUserNotes } from './notes.js';
import { save } from './save.js';
import { saveSlurmJob } from './slurm-jobs.js';
import { perStore, type Store } from './store.js';

export interface Imported {
  readonly experiment: Experiment;
  readonly summary: Summary;
  /** The file that it came from. */
  readonly from: string;
  readonly user?: UserNotes;
  readonly job?: SlurmJob | null;
  /** The log's folder was gone, and this is what was there before. */
  readonly isGone?: boolean;
}

const statements = perStore((connection) => ({
  origin: connection.prepare<[string], { readonly origin: string | null }>(
    'SELECT imported_from AS origin FROM experiments WHERE key = ?',
  ),
  setOrigin: connection.prepare('UPDATE experiments SET imported_from = ? WHERE key = ?'),
}));

/** Saves an experiment from elsewhere; `own` where the root has one of that key, which then stays as it is. To be called in a transaction. */
export function saveImported(store: Store, imported: Imported): 'taken' | 'unchanged' | 'own' {
  const { experiment, summary, from, user, job, isGone = false } = imported;
  const { key, run, log } = experiment;
  const present = statements(store).origin.get(key);
  if (present !== undefined && present.origin === null) return 'own';
  const { changed } = save(store, experiment, summary);
  statements(store).setOrigin.run(from, key);
  const own = readUserNotes(store, key);
  const hasOwn = own.notes !== '' || own.tags.length > 0 || own.keep !== '';
  if (user !== undefined && !hasOwn && (user.notes || user.tags.length > 0 || user.keep))
    setUserNotes(store, key, user);
  if (job && job.id === run.jobId) {
    saveSlurmJob(store, { key, jobId: job.id, logMtimeMs: log.mtimeMs, asked: 0, askedMs: 0, state: null }, job);
  }
  if (isGone) markGone(store, key);
  return changed ? 'taken' : 'unchanged';
}

/** Status that an experiment had before its folder was gone; null where it is not. */
export function maybeStatusBeforeGone(store: Store, key: string): string | null {
  const sql = "SELECT status_before_gone FROM experiments WHERE key = ? AND status = 'gone'";
  return store.connection.prepare<[string], string | null>(sql).pluck().get(key) ?? null;
}
