/** A day of a cluster, simulated: how often a log is taken for finished too early, and whether that is always put right. */

import test from 'ava';
import { randomFrom } from '../src/ask/random-from.js';
import { readingWish } from '../src/watch/evidence.js';
import { fileSystemOf } from '../src/watch/file-system.js';
import { firstLook, looked, readingBegun, readingDone, type WatchedLog } from '../src/watch/finished.js';
import { nextLookMs } from '../src/watch/plan.js';
import { defaultSettings } from '../src/watch/settings.js';

const second = 1000;
const minute = 60 * second;
const dayMs = 24 * 60 * minute;
const logsPerKind = 400;

/** A training as its log shows it: when how many bytes were there. */
interface Training {
  readonly writes: readonly { readonly atMs: number; readonly sizeBytes: number }[];
  /** Its last line says that it ended; else it is just cut off. */
  readonly hasEnd: boolean;
  /** Its log tells how long epochs take. */
  readonly tellsTimes: boolean;
  readonly epochMs: number;
}

for (const [kind, type, staleMs] of [
  ['a local disk', 0xef53, 0],
  ['a network file system', 0x6969, minute],
] as const) {
  test(`on ${kind}, less than 1 % of the verdicts come too early, and all are corrected`, (t) => {
    const random = randomFrom(20_260_101);
    let [verdicts, early] = [0, 0];
    for (let index = 0; index < logsPerKind; index += 1) {
      const training = makeTraining(random);
      const seen = watchFor(training, type, staleMs, random);
      verdicts += seen.verdicts;
      early += seen.early;
      t.is(seen.log.state, 'parsed');
      t.is(seen.log.sizeBytes, training.writes.at(-1)?.sizeBytes ?? 0);
      t.is(seen.log.revision, seen.verdicts);
    }
    t.log(`${early} of ${verdicts} verdicts on ${logsPerKind} logs came too early`);
    t.true(early < verdicts / 100);
  });
}

/** Epochs of 5 s to 5 min, one in thirty followed by a pause of up to 15 min; half of the logs show progress within epochs. */
function makeTraining(random: () => number): Training {
  const epochMs = 5 * second * 60 ** random();
  const epochs = 5 + Math.floor(random() * 60);
  const writesPerEpoch = random() < 0.5 ? 1 : 10;
  const writes = [];
  let atMs = random() * 60 * minute;
  for (let sizeBytes = 100; sizeBytes <= epochs * writesPerEpoch * 100; sizeBytes += 100) {
    atMs += (epochMs / writesPerEpoch) * (0.8 + 0.4 * random());
    if (random() < 1 / 30 / writesPerEpoch) atMs += random() * 15 * minute;
    writes.push({ atMs, sizeBytes });
  }
  return { writes, hasEnd: random() < 0.8, tellsTimes: random() < 0.8, epochMs };
}

/** Watches the log for a day as the plan says; attributes are up to `staleMs` old. */
function watchFor(training: Training, type: number, staleMs: number, random: () => number) {
  const settings = defaultSettings(fileSystemOf(type));
  const { writes, hasEnd, tellsTimes, epochMs } = training;
  const full = writes.at(-1)?.sizeBytes ?? 0;
  const fileAt = (atMs: number) => {
    const last = writes.findLast((write) => write.atMs <= atMs);
    return last && { sizeBytes: last.sizeBytes, mtimeMs: last.atMs };
  };
  let [verdicts, early] = [0, 0];
  let log: WatchedLog | undefined;
  for (let nowMs = writes[0]?.atMs ?? 0; nowMs < 2 * dayMs; ) {
    const seen = fileAt(nowMs - random() * staleMs);
    if (seen !== undefined)
      log = log === undefined ? firstLook(seen, nowMs, settings) : looked(log, seen, nowMs, settings);
    const wish = log && readingWish(log, nowMs, settings);
    // Opening a file asks the server: what is read is as it is now.
    const now = fileAt(nowMs);
    if (log !== undefined && wish && now !== undefined) {
      const ended = hasEnd && now.sizeBytes === full;
      const expectsMore = !ended;
      const fingerprint = String(now.sizeBytes);
      const reading = {
        ...now,
        ended,
        expectsMore,
        epochMs: tellsTimes ? epochMs : null,
        fingerprint,
        changedMeanwhile: false,
      };
      const times = { startedMs: nowMs, nowMs };
      log = readingDone(readingBegun(log, wish), wish.purpose, reading, times, settings);
      if (log.state === 'parsed') verdicts += 1;
      if (log.state === 'parsed' && now.sizeBytes < full) early += 1;
    }
    nowMs =
      log === undefined ? nowMs + second : log.state === 'parsed' ? nowMs + 10 * minute : nextLookMs(log, settings);
  }
  if (log === undefined) throw new Error('the log was never seen');
  return { log, verdicts, early };
}
