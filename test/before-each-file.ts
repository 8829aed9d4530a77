/**
 * Loaded before every test file: property tests draw the same cases each time, so that a run can be repeated and a failure is
 * news about the change at hand. `FC_SEED=random npx ava` looks for new cases, `FC_SEED=123` repeats one.
 */
import fc from 'fast-check';

const wanted = process.env.FC_SEED ?? '20261123';
if (wanted !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(wanted) });

// Whoever runs the tests may use the program as well; none of their options, least of all their database, is the tests' own.
const ofTests = [
  'TLW_FAULTS',
  'TLW_KILLS',
  'TLW_POWER_CUTS',
  'TLW_BACKFILL_LOGS',
  'TLW_CORPUS_ROOT',
  'TLW_CORPUS',
  'TLW_SEED',
];
for (const name of Object.keys(process.env))
  if (name.startsWith('TLW_') && !ofTests.includes(name)) delete process.env[name];
