import test from 'ava';
import { evidence, quietTimeMs, readingWish } from '../src/watch/evidence.js';
import { fileSystemOf } from '../src/watch/file-system.js';
import {
  firstLook,
  jobSeen,
  type LogLook,
  type LogReading,
  looked,
  markerSeen,
  readingBegun,
  readingDone,
  readingFailed,
  resumed,
  type WatchedLog,
} from '../src/watch/finished.js';
import { nextLookMs } from '../src/watch/plan.js';
import { defaultSettings } from '../src/watch/settings.js';

const settings = defaultSettings(fileSystemOf(0x6969));
const minute = 60_000;

const look = (sizeBytes: number, mtimeMs = sizeBytes): LogLook => ({ sizeBytes, mtimeMs });
const reading = (of: LogLook, more: Partial<LogReading> = {}): LogReading => ({
  ...of,
  changedMeanwhile: false,
  fingerprint: `of ${of.sizeBytes}`,
  ended: false,
  expectsMore: false,
  epochMs: null,
  ...more,
});
const read = (log: WatchedLog, nowMs: number, more: Partial<LogReading> = {}): WatchedLog => {
  const wish = readingWish(log, nowMs, settings);
  if (wish === null) throw new Error('no reading is due');
  const at = reading(look(log.sizeBytes, log.mtimeMs), more);
  return readingDone(readingBegun(log, wish), wish.purpose, at, { startedMs: nowMs, nowMs }, settings);
};
/** Looks at an unchanged log as the plan says, until `untilMs`. */
const wait = (log: WatchedLog, untilMs: number): WatchedLog => {
  let next = log;
  for (let atMs = nextLookMs(next, settings); atMs <= untilMs; atMs = nextLookMs(next, settings))
    next = looked(next, look(next.sizeBytes, next.mtimeMs), atMs, settings);
  return next;
};

test('an end line counts once the log has settled', (t) => {
  const fresh = firstLook(look(100), 0, settings);
  t.is(readingWish(wait(fresh, 64_000), 64_000, settings)?.purpose, 'progress');
  const early = read(wait(fresh, 64_000), 64_000, { ended: true });
  t.is(early.state, 'new');
  const settled = wait(early, 65_000);
  t.deepEqual(readingWish(settled, 65_000, settings), { purpose: 'final', because: 'end line' });
  const parsed = read(settled, 65_000, { ended: true });
  t.is(parsed.state, 'parsed');
  t.is(parsed.revision, 1);
  t.is(readingWish(parsed, 1e9, settings), null);
});

test('one reading is enough where it finds the end of a settled log', (t) => {
  const settled = looked(firstLook(look(100), 0, settings), look(100), 65_000, settings);
  t.deepEqual(readingWish(settled, 65_000, settings), { purpose: 'progress' });
  t.is(read(settled, 65_000, { ended: true }).state, 'parsed');
});

test('silence needs the quiet time, and longer where epochs are missing', (t) => {
  const fresh = firstLook(look(100), 0, settings);
  t.is(evidence(wait(fresh, 19 * minute), settings), null);
  t.is(evidence(wait(fresh, 21 * minute), settings), 'silence');
  const midway = read(wait(fresh, 5 * minute), 5 * minute, { expectsMore: true });
  t.is(evidence(wait(midway, 39 * minute), settings), null);
  t.is(evidence(wait(midway, 41 * minute), settings), 'silence');
});

test('the quiet time is three times the longest pause, at most six hours', (t) => {
  let log = firstLook(look(1), 0, settings);
  log = looked(wait(log, 15 * minute), look(2), 15 * minute, settings);
  t.is(quietTimeMs(log, settings), 45 * minute);
  log = looked(wait(log, 300 * minute), look(3), 300 * minute, settings);
  t.is(quietTimeMs(log, settings), settings.maxQuietMs);
});

test('a log that is old by the server’s clock is read at once', (t) => {
  const old = firstLook({ ...look(100), ageMs: 30 * minute }, 0, settings);
  t.deepEqual(readingWish(old, 0, settings), { purpose: 'final', because: 'silence' });
  const future = firstLook({ ...look(100), ageMs: -30 * minute }, 0, settings);
  t.is(readingWish(future, 0, settings), null);
});

test('a marker counts after the settle time', (t) => {
  const log = markerSeen(firstLook(look(100), 0, settings), 30_000);
  t.is(evidence(wait(log, 94_000), settings), null);
  t.is(evidence(wait(log, 95_000), settings), 'end marker');
});

test('data that become visible after the marker only restart the settle time', (t) => {
  const log = looked(markerSeen(firstLook(look(100), 0, settings), 0), look(200), 60_000, settings);
  t.is(evidence(wait(log, 124_000), settings), null);
  t.is(evidence(wait(log, 125_000), settings), 'end marker');
});

test('a marker that the log outlived does not count until it is made anew', (t) => {
  const marked = wait(markerSeen(firstLook(look(100), 0, settings), 0), 65_000);
  const again = looked(read(marked, 65_000), look(200), 3 * minute, settings);
  t.is(again.state, 'growing');
  t.is(evidence(wait(again, 10 * minute), settings), null);
  const anew = markerSeen(markerSeen(again, null), 5 * minute);
  t.is(evidence(wait(anew, 10 * minute), settings), 'end marker');
});

test('a job that left the queue counts after the settle time, a running one forbids silence', (t) => {
  const running = jobSeen(firstLook(look(100), 0, settings), true, 0);
  t.is(evidence(wait(running, 60 * minute), settings), null);
  const gone = jobSeen(wait(running, 60 * minute), false, 60 * minute);
  t.is(evidence(gone, settings), null);
  t.is(evidence(wait(gone, 62 * minute), settings), 'job gone');
});

test('a job that was gone while the log went on says nothing any more, until it is in the queue again', (t) => {
  const gone = jobSeen(firstLook(look(100), 0, settings), false, 0);
  // Another job goes on with the log, and pauses as long as it likes.
  const again = looked(read(wait(gone, 2 * minute), 2 * minute), look(200), 10 * minute, settings);
  t.is(again.state, 'growing');
  const asked = jobSeen(again, false, 11 * minute);
  t.is(evidence(wait(asked, 20 * minute), settings), null);
  t.is(evidence(wait(asked, 60 * minute), settings), 'silence');
  const requeued = jobSeen(jobSeen(asked, true, 20 * minute), false, 30 * minute);
  t.is(evidence(wait(requeued, 32 * minute), settings), 'job gone');
});

test('a verdict is taken back when the log grows, and the next one is a new revision', (t) => {
  const parsed = read(wait(firstLook(look(100), 0, settings), 30 * minute), 30 * minute);
  t.is(parsed.state, 'parsed');
  const again = looked(parsed, look(200), 40 * minute, settings);
  t.is(again.state, 'growing');
  const twice = read(wait(again, 200 * minute), 200 * minute);
  t.is(twice.state, 'parsed');
  t.is(twice.revision, 2);
});

test('a log that was only touched keeps its revision', (t) => {
  const parsed = read(wait(firstLook(look(100), 0, settings), 30 * minute), 30 * minute);
  const touched = looked(parsed, look(100, 7), 40 * minute, settings);
  const twice = read(wait(touched, 200 * minute), 200 * minute);
  t.is(twice.state, 'parsed');
  t.is(twice.revision, 1);
});

test('a log that moves while it is read is growing again', (t) => {
  const log = wait(firstLook(look(100), 0, settings), 30 * minute);
  t.is(read(log, 30 * minute, { changedMeanwhile: true }).state, 'growing');
  t.is(read(log, 30 * minute, look(120)).state, 'growing');
});

test('a growing log is read now and then, and less often the longer a reading takes', (t) => {
  let log = firstLook(look(100), 0, settings);
  log = looked(log, look(200), 30_000, settings);
  t.is(readingWish(log, 30_000, settings), null);
  log = looked(log, look(300), 60_000, settings);
  t.deepEqual(readingWish(log, 60_000, settings), { purpose: 'progress' });
  log = readingDone(log, 'progress', reading(look(300)), { startedMs: 60_000, nowMs: 63_000 }, settings);
  log = looked(log, look(400), 200_000, settings);
  t.is(readingWish(looked(log, look(450), 262_000, settings), 262_000, settings), null);
  log = looked(log, look(500), 363_000, settings);
  t.deepEqual(readingWish(log, 363_000, settings), { purpose: 'progress' });
});

test('an empty log is never read', (t) => {
  t.is(readingWish(wait(firstLook(look(0), 0, settings), 600 * minute), 600 * minute, settings), null);
});

test('a failed reading is tried again after 1, 5, 15, 60 minutes, then daily, and at once when the log changes', (t) => {
  let log = wait(firstLook(look(100), 0, settings), 30 * minute);
  let nowMs = 30 * minute;
  for (const restMin of [1, 5, 15, 60, 1440, 1440]) {
    log = readingFailed(log, nowMs, false);
    t.is(log.state, 'parse_failed');
    t.is(nextLookMs(log, settings), nowMs + restMin * minute);
    t.is(readingWish(log, nowMs + restMin * minute - 1, settings), null);
    nowMs += restMin * minute;
    t.is(readingWish(log, nowMs, settings)?.purpose, 'final');
  }
  const hopeless = readingFailed(log, nowMs, true);
  t.is(readingWish(hopeless, 1e12, settings), null);
  t.is(looked(hopeless, look(200), nowMs, settings).state, 'growing');
});

test('PR12: after a stop of the whole process nothing is silent', (t) => {
  const log = wait(firstLook(look(100), 0, settings), 19 * minute);
  t.is(evidence(looked(resumed(log, 500 * minute), look(100), 501 * minute, settings), settings), null);
});
