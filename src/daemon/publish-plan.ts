/** When what has changed is published: the files beside logs soon, the tables of the whole root no more often than they may. Pure. */

/** What was found at one turn of the loop; `…RestMs` are ms from now. */
export interface PublishNeeds {
  /** Logs wait to be read. */
  readonly hasMoreToRead: boolean;
  /** Experiments whose files wait, as far as is known. */
  readonly filesLeft: number;
  /** Rest until files may be written again, and until tables may. */
  readonly filesRestMs: number;
  readonly tablesRestMs: number;
  /** Until what could not be written is tried again; infinite where there is no such thing. */
  readonly retryMs: number;
}

/** Times of one monotonic clock, ms; infinite where nothing is to be published. */
export interface PublishTimes {
  readonly filesMs: number;
  /** Files are written with the tables too. */
  readonly tablesMs: number;
}

export interface PublishPlan {
  /** Something in the database is another now. */
  changed(nowMs: number): void;
  /** Whether there is a change that no table shows. */
  hasChanges(): boolean;
  times(nowMs: number, needs: PublishNeeds): PublishTimes;
  /** All that had changed was published, with the tables or without. */
  published(withTables: boolean): void;
}

/** What has changed is published when nothing more came for so long, and in any case after the longer time. */
const publishAfterMs = 2000;
const publishAtLatestMs = 60_000;
/** While logs wait to be read, everything waits for all of them, but no longer than this. */
const publishInBacklogMs = 300_000;

interface Changes {
  readonly firstMs: number;
  readonly lastMs: number;
}

const none: Changes = { firstMs: Number.POSITIVE_INFINITY, lastMs: Number.POSITIVE_INFINITY };

/** Nothing has changed. */
export function createPublishPlan(): PublishPlan {
  // Tables that rest must not keep a new experiment from its report.
  let unwritten = { files: none, tables: none };
  const later = ({ firstMs }: Changes, nowMs: number): Changes => ({
    firstMs: Math.min(firstMs, nowMs),
    lastMs: nowMs,
  });
  return {
    changed(nowMs) {
      unwritten = { files: later(unwritten.files, nowMs), tables: later(unwritten.tables, nowMs) };
    },
    hasChanges: () => Number.isFinite(unwritten.tables.firstMs),
    times(nowMs, { hasMoreToRead, filesLeft, filesRestMs, tablesRestMs, retryMs }) {
      const ripeMs = ({ firstMs, lastMs }: Changes): number =>
        hasMoreToRead ? firstMs + publishInBacklogMs : Math.min(lastMs + publishAfterMs, firstMs + publishAtLatestMs);
      const filesMs = Math.max(ripeMs(unwritten.files), nowMs + filesRestMs);
      return {
        filesMs: filesLeft > 0 && !hasMoreToRead ? nowMs : filesMs,
        tablesMs: Math.min(Math.max(ripeMs(unwritten.tables), nowMs + tablesRestMs), nowMs + retryMs),
      };
    },
    published(withTables) {
      unwritten = { files: none, tables: withTables ? none : unwritten.tables };
    },
  };
}
