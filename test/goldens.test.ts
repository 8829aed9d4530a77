import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import test from 'ava';
import { fixtureFile, fixtureNames, renderFixture } from './fixture-experiments.js';

for (const name of fixtureNames) {
  test(`${name} gives the package that its golden says`, (t) => {
    const golden = fixtureFile(name, '.golden.json');
    const changed = fixtureFile(name, '.golden-changed.json');
    const rendered = renderFixture(name);
    const expected = existsSync(golden) ? readFileSync(golden, 'utf8') : '';
    if (rendered === expected) rmSync(changed, { force: true });
    else writeFileSync(changed, rendered);
    t.deepEqual(rendered.split('\n'), expected.split('\n'), `see ${changed}; \`npm run goldens\` accepts it`);
  });
}
