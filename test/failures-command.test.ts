import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { packageRoot } from '../src/package.js';
import { closeStore, openStore } from '../src/store/open.js';
import { saveAll } from '../src/store/save.js';
import { summarise } from '../src/summarise.js';
import { buildExperiment } from './build-experiment.js';

test('three of many that died alike are named, a line each, and how many there are more', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'tlw-failures-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  const store = openStore(join(root, 'tlw.db'), { fileSystem: 'local' });
  saveAll(
    store,
    [1, 2, 3, 4, 5].map((seed) => {
      const name = `lr_0.1-seed_${seed}`;
      const log = { path: `${name}/${name}.log`, bytes: 1, mtimeMs: 1000 * seed, fingerprint: 'sha256:0' };
      const run = { status: 'failed', reason: 'MemoryError: the heap is full' } as const;
      const experiment = buildExperiment({ name, key: log.path, log, run });
      return { experiment, summary: summarise(experiment.run, null) };
    }),
  );
  closeStore(store);
  const env = { TLW_ROOT: root, TLW_STATE_DIR: root, HOME: root };
  const { stdout } = await execa('node', [join(packageRoot, 'build/src/cli.js'), 'failures'], { env });
  t.deepEqual(stdout.split('\n').slice(0, 5), [
    '5 × failed: MemoryError: the heap is full',
    '    first 1970-01-01 00:00 UTC, lr_0.1-seed_1',
    '    then lr_0.1-seed_2',
    '    then lr_0.1-seed_3',
    '    and 2 more (--json has all)',
  ]);
});
