/** A log that is cut, or whose records are glued together, may say less than the whole one, but nothing else. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { dialects } from '../src/log/dialects/index.js';
import { shippedDialects } from '../src/log/dialects/shipped.js';
import { readStream } from './read-dialect.js';

const folder = path.join('test', 'fixtures', 'dialects');
const all = [...dialects, ...shippedDialects()];

for (const name of readdirSync(folder)) {
  const dialect = all.find((candidate) => candidate.name === name);
  if (!dialect) throw new Error(`expected a dialect ${name}`);
  const logs = readdirSync(path.join(folder, name))
    .filter((file) => file.endsWith('.log'))
    .map((file) => readFileSync(path.join(folder, name, file), 'utf8'));
  const figuresOf = (log: string): Set<string> =>
    new Set(
      readStream(dialect, log).events.flatMap((event) =>
        event.kind === 'figures'
          ? [...event.figures].map(([metric, value]) => `epoch ${event.epoch}: ${metric}=${value}`)
          : [],
      ),
    );
  const whole = new Map(logs.map((log) => [log, figuresOf(log)]));
  const unheardOf = (log: string, cut: string): string[] =>
    [...figuresOf(cut)].filter((figure) => !whole.get(log)?.has(figure) && !isCheckpoints(log, figure));
  /** Where the line ends that tells the first epoch. */
  const ends = new Map(
    logs.map((log) => {
      let end = log.indexOf('\n') + 1;
      while (end > 0 && !readStream(dialect, log.slice(0, end)).events.some((event) => event.kind === 'epoch'))
        end = log.indexOf('\n', end) + 1;
      return [log, end > 0 ? end - 1 : log.length];
    }),
  );
  const endOfFirst = (log: string): number => ends.get(log) ?? 0;
  const place = (log: string): fc.Arbitrary<number> => fc.integer({ min: 1, max: log.length });

  test(`${name}: a log that ends anywhere`, (t) => {
    const cases = fc.constantFrom(...logs).chain((log) => place(log).map((end) => ({ log, end })));
    fc.assert(
      fc.property(cases, ({ log, end }) => {
        t.deepEqual(unheardOf(log, log.slice(0, end)), []);
      }),
      { numRuns: 150 },
    );
  });

  // DeepSpeed's records do not tell their epoch, which stands in a line of its own.
  if (name === 'deepspeed') continue;
  test(`${name}: a record that lost its end, and the next one glued to it`, (t) => {
    const cases = fc.constantFrom(...logs).chain((log) => place(log).map((end) => ({ log, end })));
    fc.assert(
      fc.property(cases, ({ log, end }) => {
        const next = log.indexOf('\n', end) + 1;
        // Where nothing or a blank is glued to it, a record that lost its end looks like a whole one.
        // What overwrites the line leaves it an update, which is read where the whole one was overwritten.
        fc.pre(/^[^\s\b]/.test(log.slice(next)));
        // Whether epochs count from 0 or from 1 is learnt from the first one.
        fc.pre(end > endOfFirst(log));
        t.deepEqual(unheardOf(log, log.slice(0, end) + log.slice(next)), []);
      }),
      { numRuns: 400 },
    );
  });
}

/** Lightning's checkpoint lines tell the monitored figure with more digits than its bars, and count where a bar is lost. */
function isCheckpoints(log: string, figure: string): boolean {
  const [, epoch, metric, value] = /^epoch (\d+): (.+)=(.+)$/.exec(figure) ?? [];
  return (
    log.includes(`Epoch ${Number(epoch) - 1}, global step`) &&
    log.includes(`'${metric}' reached ${Number(value).toFixed(5)} `)
  );
}
