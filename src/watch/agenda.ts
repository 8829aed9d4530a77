/** What to look at when: a queue of due times in which each key stands once. Pure; one monotonic clock, ms. */

import TinyQueue from 'tinyqueue';

export interface Agenda {
  /** Sets when a key is due, in place of what was set before. */
  set(key: string, dueMs: number, urgency: Urgency): void;
  /** Makes a key due no later than this. */
  hasten(key: string, dueMs: number, urgency: Urgency): void;
  delete(key: string): void;
  dueMs(key: string): number | undefined;
  /** Takes the next key that is due, the most pressing first; it is then no longer in the agenda. */
  take(nowMs: number): string | undefined;
  /** When the next key is due; those that can wait are gathered into groups. */
  wakeMs(): number;
  /** Whether a look that cannot wait was due a while ago: there are more than can be done. */
  isBehind(nowMs: number): boolean;
  /** How many keys are due; takes a look at each. */
  countDue(nowMs: number): number;
  readonly size: number;
}

export type Urgency = keyof typeof slackMs;

/** How long a look can wait where the budget is short, compared with others that are due. */
const slackMs = {
  now: 0,
  soon: 10_000,
  hot: 30_000,
  warm: 2 * 60_000,
  sweep: 20 * 60_000,
  verify: 60 * 60_000,
} as const;

/** Looks that can wait longer than `hot` ones are gathered for so long, to wake up less often. */
const gatherMs = 5000;

/** Looks that cannot wait are late when they are overdue for so long. */
const lateMs = 1000;

interface Entry {
  readonly key: string;
  readonly dueMs: number;
  readonly urgency: Urgency;
}

/** An empty agenda. */
export function createAgenda(): Agenda {
  const entries = new Map<string, Entry>();
  const byDue = (a: Entry, b: Entry): number => a.dueMs - b.dueMs;
  const waiting = { pressing: new TinyQueue<Entry>([], byDue), patient: new TinyQueue<Entry>([], byDue) };
  const ready = new TinyQueue<Entry>([], (a, b) => a.dueMs + slackMs[a.urgency] - (b.dueMs + slackMs[b.urgency]));
  const isCurrent = (entry: Entry): boolean => entries.get(entry.key) === entry;

  const peek = (queue: TinyQueue<Entry>): Entry | undefined => {
    for (let first = queue.peek(); first !== undefined; first = queue.peek()) {
      if (isCurrent(first)) return first;
      queue.pop();
    }
    return undefined;
  };

  const makeReady = (queue: TinyQueue<Entry>, nowMs: number): void => {
    for (let first = peek(queue); first !== undefined && first.dueMs <= nowMs; first = peek(queue)) {
      queue.pop();
      ready.push(first);
    }
  };

  const agenda: Agenda = {
    set(key, atMs, urgency) {
      // Whole numbers take half the memory, and there are many keys.
      const dueMs = Math.ceil(atMs);
      const entry = { key, dueMs, urgency };
      entries.set(key, entry);
      if (Number.isFinite(dueMs)) (slackMs[urgency] > slackMs.hot ? waiting.patient : waiting.pressing).push(entry);
    },
    hasten(key, dueMs, urgency) {
      const entry = entries.get(key);
      if (entry === undefined || entry.dueMs > dueMs || slackMs[entry.urgency] > slackMs[urgency])
        agenda.set(key, Math.min(dueMs, entry?.dueMs ?? dueMs), urgency);
    },
    delete(key) {
      entries.delete(key);
    },
    dueMs(key) {
      return entries.get(key)?.dueMs;
    },
    take(nowMs) {
      makeReady(waiting.pressing, nowMs);
      makeReady(waiting.patient, nowMs);
      const first = peek(ready);
      if (first === undefined) return undefined;
      ready.pop();
      entries.delete(first.key);
      return first.key;
    },
    wakeMs() {
      if (peek(ready) !== undefined) return Number.NEGATIVE_INFINITY;
      const pressing = peek(waiting.pressing)?.dueMs ?? Number.POSITIVE_INFINITY;
      const patient = peek(waiting.patient)?.dueMs ?? Number.POSITIVE_INFINITY;
      return Math.min(pressing, patient + gatherMs);
    },
    isBehind(nowMs) {
      for (const queue of [ready, waiting.pressing]) {
        const first = peek(queue);
        if (first !== undefined && slackMs[first.urgency] <= slackMs.soon && nowMs - first.dueMs > lateMs) return true;
      }
      return false;
    },
    countDue(nowMs) {
      let count = 0;
      for (const { dueMs } of entries.values()) if (dueMs <= nowMs) count += 1;
      return count;
    },
    get size() {
      return entries.size;
    },
  };
  return agenda;
}
