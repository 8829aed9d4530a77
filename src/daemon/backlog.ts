/** How much is to be done, and about how long that takes: many logs dropped at once take minutes. */

export interface BacklogStatus {
  /** Logs to be read. */
  readonly toRead: number;
  /** Experiments whose files are to be written. */
  readonly toWrite: number;
  /** Seconds until all of it is done; null where nothing is to be done, or that is not known yet. */
  readonly etaSeconds: number | null;
}

export interface Backlog {
  /** So many logs were read in that time, and so many wait. */
  read(done: number, tookMs: number, left: number): void;
  /** The files of so many experiments were written in that time, and those of so many wait. */
  written(done: number, tookMs: number, left: number): void;
  status(): BacklogStatus;
}

/** Shares of the last and of all former measurements. */
const lastShare = 0.3;

/** Nothing is to be done, as far as is known. */
export function createBacklog(): Backlog {
  const reading = createPace();
  const writing = createPace();
  return {
    read: reading.see,
    written: writing.see,
    status() {
      const [toRead, toWrite] = [reading.left(), writing.left()];
      // What is read now must be written later.
      const ms = toRead * reading.eachMs() + (toRead + toWrite) * writing.eachMs();
      const isKnown = toRead + toWrite > 0 && Number.isFinite(ms);
      return { toRead, toWrite, etaSeconds: isKnown ? Math.ceil(ms / 1000) : null };
    },
  };
}

/** For people; undefined where there is next to nothing to do. */
export function backlogText({ toRead, toWrite, etaSeconds }: BacklogStatus): string | undefined {
  if (toRead + toWrite < 20) return undefined;
  const eta = etaSeconds === null ? '' : `, about ${durationText(etaSeconds)} to go`;
  return `${toRead} logs to be read, files of ${toRead + toWrite} experiments to be written${eta}`;
}

/** A time that is not known exactly, for people. */
export function durationText(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

function createPace() {
  let [each, rest] = [Number.NaN, 0];
  return {
    see(done: number, tookMs: number, left: number): void {
      rest = left;
      if (done === 0) return;
      each = Number.isNaN(each) ? tookMs / done : lastShare * (tookMs / done) + (1 - lastShare) * each;
    },
    left: () => rest,
    eachMs: () => (Number.isNaN(each) ? 0 : each),
  };
}
