/** What the mutated logs are made from: the fixtures, random trainings under every launcher, and layers and lines that both lack. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { arbitraryWoven } from '../weave.js';

const fixtures = path.join('test', 'fixtures');
const largestBytes = 24 * 1024;
const partBytes = 4 * 1024;
const wovenLogs = 150;

/** The same logs in the same order each time. */
export function seedLogs(): Buffer[] {
  const real = readdirSync(fixtures, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:log|stdout|out)$/.test(name))
    .sort()
    .map((name) => readFileSync(path.join(fixtures, name)))
    .filter((log) => log.length > 0);
  const woven = fc
    .sample(arbitraryWoven, { numRuns: wovenLogs, seed: 4 })
    .map((training) => training.woven.bytes)
    .filter((log) => log.length > 0);
  const small = [...real, ...woven].flatMap((log) =>
    log.length <= partBytes
      ? [log]
      : [log.subarray(0, partBytes), log.subarray(log.length - partBytes), ...(log.length > largestBytes ? [] : [log])],
  );
  return [...small, ...layers(woven), ...longLines()];
}

/** Log services around a launcher's output. */
function layers(logs: readonly Buffer[]): Buffer[] {
  const wrap = (log: Buffer, around: (line: string) => string): Buffer =>
    Buffer.from(log.toString('latin1').split('\n').map(around).join('\n'), 'latin1');
  const stamp = '2026-11-23T05:30:44.123456789Z';
  return logs
    .slice(0, 8)
    .flatMap((log) => [
      wrap(log, (line) => `\x1b[36mworker-1  |\x1b[0m ${line}`),
      wrap(log, (line) => `\x1b[34m${line.replaceAll('\b', '#010').replaceAll('\r', '#015')}\x1b[0m`),
      wrap(log, (line) => `${stamp} stdout F ${line}`),
      wrap(log, (line) => `[2021-05-14 19:43:45,087] {bash.py:173} INFO - ${line}`),
      wrap(log, (line) => `<stdout rank="${log.length % 3}">${line.replaceAll('<', '&lt;')}&#010;</stdout>`),
    ]);
}

/** Bars longer than what the reader keeps of a line, and bars that are wiped with blanks. */
function longLines(): Buffer[] {
  const bar = (step: number, total: number): string =>
    `${String(step).padStart(3)}/${total} [${'='.repeat(30)}] - ${step === total ? '9s 3s/step' : `ETA: ${total - step}s`} - loss: 0.${1000 + step} - accuracy: 0.${2000 + step}`;
  const line = (move: string, total: number): string =>
    Array.from({ length: total }, (_, i) => `${move}${bar(i + 1, total)}`).join('');
  const keras = (move: string, end: string): string =>
    `Epoch 1/2\n${line(move, 150)}${end}\nEpoch 2/2\n${line(move, 120)}${end}\n`;
  const wipe = `\r${' '.repeat(90)}`;
  const texts = [
    keras(`${'\b'.repeat(90)}\r`, ' - val_loss: 0.1234'),
    keras('\r', wipe.repeat(120)),
    keras('\r', `${wipe.repeat(3)}\r`),
    keras('\r', '\x1b[2K\r'.repeat(2500)),
    keras(`${'\b'.repeat(90)}\r`, `${'\b'.repeat(9000)} `),
    `Epoch 1/1\n${'x'.repeat(20_000)}\n${bar(9, 9)} - val_loss: 0.5\n`,
  ];
  const tagged = texts.map((text) => {
    const lines = text.split('\n').slice(0, -1);
    return lines
      .map((each, i) => `[1,${i % 2}]<stdout>:${each.replaceAll(/.{700}/g, '$&[1,2]<stderr>:x[1,0]<stdout>:')}\n`)
      .join('');
  });
  return [...texts, ...tagged].map((text) => Buffer.from(text, 'latin1'));
}
