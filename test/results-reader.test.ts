import { chmodSync, copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { execa } from 'execa';
import { parseXlsx } from '../src/outputs/workbook/xlsx.js';
import { createSandbox, said } from './program.js';

const isRoot = process.getuid?.() === 0;
if (!isRoot) process.stderr.write('skipped, another user who reads results.db: only root can be another user\n');
const asRoot = isRoot ? test : test.skip;
/** `nobody` on all Linux systems, and the group `daemon`. */
const [other, group] = [65_534, 1];
const script = fileURLToPath(new URL('../../test/results-reader.py', import.meta.url));
const fixtures = ['keras-openmpi-one-rank', 'keras-openmpi-early-stops', 'keras-mpich-killed', 'lightning-early-stop'];

asRoot('while the daemon writes, another user of the group finds the rows of the workbook in results.db', async (t) => {
  const sandbox = createSandbox(t);
  chmodSync(sandbox.home, 0o755);
  // The checkout may lie where no other user looks.
  const reader = join(sandbox.home, 'reader.py');
  copyFileSync(script, reader);
  chmodSync(reader, 0o644);
  const results = join(sandbox.root, 'results.db');
  sandbox.addFixture(fixtures[0] ?? '');
  const watch = sandbox.start(['watch', '--root', 'root', '--set', `shareGroup=${group}`]);
  t.teardown(() => watch.kill());
  await said(t, watch, /workbook written/);

  const as = ['--reuid', String(other), '--regid', String(other), '--groups', String(group)];
  const colleague = execa('setpriv', [...as, '/usr/bin/python3', reader, results, String(fixtures.length)]);
  for (const fixture of fixtures.slice(1)) {
    sandbox.addFixture(fixture);
    await sandbox.run('rescan', '--root', 'root');
    await said(t, watch, new RegExp(`experiment was read experiment=${fixture}`));
    const { exitCode, stderr } = await sandbox.run('export', '--root', 'root');
    t.is(exitCode, 0, stderr);
  }
  const { user, counts, columns, rows } = JSON.parse((await colleague).stdout);
  t.is(user, other);
  t.true(counts.length > 1, `expected to see it grow, saw ${counts}`);
  const [header = [], ...cells] =
    (await parseXlsx(readFileSync(join(sandbox.root, 'master.xlsx')))).get('Experiments') ?? [];
  t.deepEqual(columns, header);
  const key = header.indexOf('key');
  const shown = cells.map((row) => header.map((_, column) => linked(row[column] ?? '', row[key] ?? '')));
  t.is(shown.length, fixtures.length);
  t.deepEqual(rows.map(textsOf), shown);
});

/** What a row of the view says, as the workbook would. */
function textsOf(row: readonly (string | number | null)[]): string[] {
  return row.map((cell) => (cell === null ? '' : String(cell)));
}

/** Of a link the view has the target, where the cell shows what is behind it. */
function linked(text: string, key: string): string {
  return text === 'PDF' || text === 'JSON' ? key.replace(/log$/, `tlw.${text.toLowerCase()}`) : text;
}
