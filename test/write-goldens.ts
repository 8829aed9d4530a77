/** `npm run goldens`: makes what is read today the golden of every case. Look at `git diff` before you commit it. */

import { rmSync, writeFileSync } from 'node:fs';
import { fixtureFile, fixtureNames, renderFixture } from './fixture-experiments.js';

for (const name of fixtureNames) {
  writeFileSync(fixtureFile(name, '.golden.json'), renderFixture(name));
  rmSync(fixtureFile(name, '.golden-changed.json'), { force: true });
}
