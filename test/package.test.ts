import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import test from 'ava';
import fc from 'fast-check';
import { launcherNames, logStates, rankRelations, statuses, trainerNames } from '../src/experiment.js';
import {
  isPackageCurrent,
  packageMark,
  packageSchemaPrefix,
  packageVersion,
  renderPackage,
  renderTime,
} from '../src/outputs/package.js';
import { fieldsOf, listOf } from '../src/outputs/package-fields.js';
import { parsePackage, rankEnds } from '../src/outputs/package-parse.js';
import type { Summary } from '../src/summary.js';
import { anyExperiment } from './arbitrary-experiment.js';
import { buildExperiment } from './build-experiment.js';
import { buildOverview } from './build-overview.js';

const program = { name: 'training-log-wizard', version: '1.2.3' };
const schema = fieldsOf(JSON.parse(await readFile('schema/package.schema.json', 'utf8')), 'schema');
const isValid = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);
const summary: Summary = buildOverview({ finals: { val_loss: 0.5, val_dsc: Number.NaN, __proto__: 1 } }).summary;

const experiment = buildExperiment({
  name: 'lr_0.1',
  nodes: 2,
  hyperparameters: { lr: '0.1', dpout: ['0.5', '0.3'], flag: [] },
  ranks: [
    {
      plannedEpochs: 3,
      stepsPerEpoch: 13,
      earlyStopEpoch: 2,
      totalTrainingTime: 12.5,
      end: { status: 'early_stopped', reason: 'Epoch 00002: early stopping', offset: 900 },
      epochs: [
        { epoch: 1, seconds: 125, secondsPerStep: 10, metrics: { loss: 0.9999, dsc: 8.1184e-5 }, local: { loss: 0.9 } },
        { epoch: 2, metrics: { loss: Number.NaN, dsc: -Infinity, lr: 0.1 }, repaired: true },
        { epoch: 1, segment: 2, partial: true, metrics: { loss: 0.5 } },
      ],
    },
    { rank: null },
  ],
});

test('rendered and parsed, an experiment is the same', (t) => {
  fc.assert(
    fc.property(anyExperiment, (any) => {
      const parsed = parsePackage(renderPackage(any, summary, program));
      t.deepEqual(parsed, { experiment: any, program, objective: summary.objective });
    }),
    { numRuns: 300 },
  );
});

test('every package fits the schema that ships', (t) => {
  fc.assert(
    fc.property(anyExperiment, (any) => {
      t.true(isValid(JSON.parse(renderPackage(any, summary, program))), JSON.stringify(isValid.errors));
    }),
    { numRuns: 100 },
  );
});

test('what is not a package does not fit the schema', (t) => {
  const parsed = fieldsOf(JSON.parse(renderPackage(experiment, summary, program)), 'package');
  t.true(isValid(parsed), JSON.stringify(isValid.errors));
  for (const wrong of [
    { status: 'finished' },
    { launcher: 'pbs' },
    { trainer: '' },
    { schema: 'x/1' },
    { final: { a: '1' } },
    { more: 1 },
  ]) {
    t.false(isValid({ ...parsed, ...wrong }), JSON.stringify(wrong));
  }
});

test('the closed lists of the schema are those of the program', (t) => {
  const properties = fieldsOf(schema.properties, 'properties');
  const listIn = (name: string) => listOf(fieldsOf(properties[name], name), 'enum');
  t.deepEqual(listIn('launcher'), [...launcherNames]);
  t.deepEqual(listIn('trainer'), [...trainerNames]);
  t.deepEqual(listIn('status'), [...statuses]);
  t.deepEqual(listIn('log_state'), [...logStates]);
  t.deepEqual(listIn('rank_relation'), [...rankRelations, null]);
  t.regex(JSON.stringify(schema), new RegExp(JSON.stringify({ enum: rankEnds }).replace(/[{}[\]]/g, '\\$&')));
  t.is(fieldsOf(properties.schema, 'schema').const, `${packageSchemaPrefix}${packageVersion}`);
});

test('the document names every field of the schema', async (t) => {
  const document = (await readFile('docs/package.md', 'utf8')).replace(/```[\s\S]*?```/g, '');
  const named = new Set(Array.from(document.matchAll(/`([^`]+)`/g), ([, name]) => name));
  for (const name of fieldNames(schema)) t.true(named.has(name), `docs/package.md: expected \`${name}\``);
});

function fieldNames(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(fieldNames);
  if (typeof node !== 'object' || node === null) return [];
  const own = 'properties' in node && typeof node.properties === 'object' ? Object.keys(node.properties ?? {}) : [];
  return [...own, ...Object.values(node).flatMap(fieldNames)];
}

test('one line an epoch, and the mark in the first bytes', (t) => {
  const text = renderPackage(experiment, summary, program);
  t.true(text.startsWith(`{\n${packageMark}`));
  t.true(
    text.includes(
      '\n{"epoch": 1, "segment": 1, "offset": 0, "seconds": 125, "seconds_per_step": 10, "metrics": {"loss": 0.9999, "dsc": 0.000081184, "lr": null}, "local": {"loss": 0.9}},\n',
    ),
    text,
  );
  t.true(text.includes('"metrics": {"loss": "NaN", "dsc": "-Infinity", "lr": 0.1}'));
});

test('a package is torn at every length but its own, and when a byte differs', (t) => {
  const text = renderPackage(experiment, summary, program);
  for (let length = 0; length < text.length; length += 1) {
    const parsed = parsePackage(text.slice(0, length));
    t.true(
      'trouble' in parsed && (parsed.trouble === 'torn' || (length < 50 && parsed.trouble === 'foreign')),
      `${length}`,
    );
  }
  t.like(parsePackage(text.replace('0.9999', '0.9998')), { trouble: 'torn' });
  t.like(parsePackage(`${text}\n`), { trouble: 'torn' });
});

test('foreign and newer packages are told apart', (t) => {
  const text = renderPackage(experiment, summary, program);
  t.like(parsePackage(text.replace('package/1"', 'package/2"')), { trouble: 'newer' });
  for (const foreign of ['', '{}', 'null', '{"schema": "other/1"}', text.replace('training-log-wizard/package', 'x')]) {
    t.like(parsePackage(foreign), { trouble: 'foreign' });
  }
});

test('a package is current for the log it was made from alone', (t) => {
  t.true(isPackageCurrent(experiment, experiment.log));
  t.false(isPackageCurrent(experiment, { ...experiment.log, bytes: experiment.log.bytes + 1 }));
  t.false(isPackageCurrent(experiment, { ...experiment.log, fingerprint: 'sha256:other' }));
});

test('times are ISO 8601, to the last digit', (t) => {
  t.is(renderTime(1_700_000_000_123), '2023-11-14T22:13:20.123Z');
  t.is(renderTime(1_700_000_000_123.25), '2023-11-14T22:13:20.12325Z');
});
