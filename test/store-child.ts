/** A process of its own, for tests that kill it: `store-child.js save FILE` or `store-child.js migrate FILE FOLDER`. */

import { writeSync } from 'node:fs';
import { migrate } from '../src/store/migrate.js';
import { openStore } from '../src/store/open.js';
import { save } from '../src/store/save.js';
import { connect } from '../src/store/sqlite.js';
import { summarise } from '../src/summarise.js';
import { buildExperiment } from './build-experiment.js';

const [mode, file = '', folder = ''] = process.argv.slice(2);

if (mode === 'migrate') {
  migrate(connect(file, { readonly: false }), { file, folder, now: Date.now });
} else {
  const store = openStore(file, { fileSystem: 'local' });
  const epochs = Array.from({ length: 50 }, (_, i) => ({ epoch: i + 1, metrics: { loss: 1 / (i + 1), dsc: i / 50 } }));
  for (let n = 0; ; n++) {
    const experiment = buildExperiment({ name: `e${n}`, ranks: [{ epochs }, { epochs }] });
    save(store, experiment, summarise(experiment.run, null));
    // Written at once, so that what was acknowledged is known even when the process is killed next.
    writeSync(1, `${experiment.key}\n`);
  }
}
