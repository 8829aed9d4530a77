/**
 * Each folder under fixtures/dialects is a dialect, each log in it a test case: what the dialect says of it is beside it in
 * `.golden.json`. A log without a golden fails, and what was said is written beside it as `.golden-changed.json`.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import test from 'ava';
import { detectDialect } from '../src/log/detect.js';
import { dialects } from '../src/log/dialects/index.js';
import { shippedDialects } from '../src/log/dialects/shipped.js';
import type { Dialect, LogEvent } from '../src/log/event.js';
import { readStream, rowsOf } from './read-dialect.js';

const folder = path.join('test', 'fixtures', 'dialects');
const all = [...dialects, ...shippedDialects()];

for (const name of readdirSync(folder)) {
  const dialect = all.find((candidate) => candidate.name === name);
  for (const file of readdirSync(path.join(folder, name))) {
    if (!file.endsWith('.log')) continue;
    test(`${name}: ${file}`, (t) => {
      t.truthy(dialect);
      if (!dialect) return;
      const log = readFileSync(path.join(folder, name, file));
      t.is(detectDialect(log.toString('latin1'), all)?.name, dialect.name);
      const said = `${JSON.stringify(saidOf(dialect, log.toString()), null, 1)}\n`;
      const golden = path.join(folder, name, file.replace(/\.log$/, '.golden.json'));
      const expected = readGolden(golden);
      if (said !== expected) writeFileSync(golden.replace('.golden.', '.golden-changed.'), said);
      t.is(said, expected);
    });
  }
}

function saidOf(dialect: Dialect, log: string): unknown {
  const reading = readStream(dialect, log);
  const { events, unknown } = reading;
  const rows = Object.entries(rowsOf(reading)).map(([epoch, figures]) => {
    const texts = Object.entries(figures).map(([metric, value]) => `${metric}=${value}`);
    return `${epoch}: ${texts.join(' ')}`;
  });
  const planned = events.flatMap((event) => (event.kind === 'epoch' && event.planned !== null ? [event.planned] : []));
  const steps = events.flatMap((event) => (event.kind === 'figures' && event.steps ? [event.steps] : []));
  return {
    rows,
    planned: [...new Set(planned)],
    stepsPerEpoch: [...new Set(steps)],
    told: events.filter((event) => !['epoch', 'figures'].includes(event.kind)).map(shown),
    linesNotUnderstood: unknown.length,
  };
}

function shown(event: LogEvent): string {
  const { kind, ...rest } = event;
  return `${kind} ${JSON.stringify(rest)}`;
}

function readGolden(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
