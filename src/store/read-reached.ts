/** Finds when a metric, as the mean over ranks, first reached a value. */

import { readMetricPlaces } from './metric-places.js';
import { quoteName, quoteText } from './sql-names.js';
import type { Store } from './store.js';

export interface ReachedRow {
  /** Its number in the database. */
  readonly experiment: number;
  readonly epoch: number;
  /** Of the epochs up to it, s; null where one of them was not timed. */
  readonly seconds: number | null;
}

/** For each experiment whose last segment that did so reached `value`: the first such epoch, and the time until its end. */
export function readReached(
  store: Store,
  { metric, direction }: { readonly metric: string; readonly direction: 'max' | 'min' },
  value: number,
): ReachedRow[] {
  const place = readMetricPlaces(store).find((each) => each.metric === metric && !each.local);
  if (place === undefined) return [];
  const figure = place.isColumn ? quoteName(place.label) : `more ->> ${quoteText(`$.${JSON.stringify(place.label)}`)}`;
  return store.connection
    .prepare<[number], ReachedRow>(
      `WITH reached AS (
         SELECT experiment, segment, min(epoch) AS epoch FROM epochs_mean_data
         WHERE ${figure} ${direction === 'max' ? '>=' : '<='} ? GROUP BY experiment, segment
       ), last AS (SELECT experiment, max(segment) AS segment, epoch FROM reached GROUP BY experiment)
       SELECT experiment, epoch,
         (SELECT CASE WHEN count(*) = count(seconds) THEN sum(seconds) END FROM epochs_mean_data AS m
          WHERE m.experiment = last.experiment AND m.segment = last.segment AND m.epoch <= last.epoch) AS seconds
       FROM last`,
    )
    .all(value);
}
