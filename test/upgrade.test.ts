/** The program is installed anew while it runs: what was begun by the old one must not be done by parts of the new one. */

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { program } from '../src/package.js';
import { createSandbox, installBelow, said } from './program.js';

/** Replaces a file as an installer does: by another one. */
function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

test.serial(
  'PR13: a watcher whose files were replaced reads nothing with the new ones, says so, and ends',
  async (t) => {
    const sandbox = createSandbox(t);
    const install = installBelow(sandbox.home);
    const cli = join(install, 'build/src/cli.js');
    const manifest = join(install, 'package.json');
    const reader = join(install, 'build/src/daemon/read-log.js');
    const [oldManifest, oldReader] = [manifest, reader].map((file) => readFileSync(file, 'utf8'));
    sandbox.addFixture('keras-openmpi-one-rank', 'a');
    const words = ['watch', '--root', 'root', '--set', 'watch.queue=false', '--set', 'watch.rootSeconds=1'];
    const watch = sandbox.startFrom(cli, words);
    t.teardown(() => watch.kill('SIGKILL'));
    await said(t, watch, /experiment was read experiment=a[\s\S]*workbook written/);

    // A reader that would say of every log what is not true, and a moment in which the program is not there at all.
    replace(reader, 'export const readLog = () => { throw new Error("the new reader was used"); };\n');
    renameSync(cli, `${cli}.away`);
    sandbox.addFixture('keras-openmpi-early-stops', 'b');
    replace(manifest, (oldManifest ?? '').replace(`"version": "${program.version}"`, '"version": "9.9.9"'));
    renameSync(`${cli}.away`, cli);
    const { exitCode, stderr } = await watch;
    t.is(exitCode, 75);
    const lines = String(stderr)
      .split('\n')
      .filter((line) => line.startsWith('tlw:'));
    t.is(lines.length, 1, String(stderr));
    t.regex(lines[0] ?? '', new RegExp(`was replaced while it ran \\(version ${program.version}, now 9\\.9\\.9\\)`));
    t.notRegex(String(stderr), /the new reader was used|experiment=b/);

    replace(reader, oldReader ?? '');
    const once = await sandbox.startFrom(cli, [...words, '--once']);
    t.is(once.exitCode, 0, String(once.stderr));
    t.regex(String(once.stdout), /^1 log read/);
  },
);

test.serial(
  'a newer version keeps what was read, with a copy of the database first; the older one is then refused',
  async (t) => {
    const sandbox = createSandbox(t);
    const words = ['watch', '--once', '--root', 'root'];
    sandbox.addFixture('keras-openmpi-one-rank', 'a');
    t.is((await sandbox.run(...words)).exitCode, 0);
    await sandbox.run('note', 'a', 'mine', '--root', 'root');
    const install = installBelow(sandbox.home);
    writeFileSync(join(install, 'migrations/9000-later.sql'), 'CREATE TABLE later (x INTEGER) STRICT;\n');
    const newer = (...args: string[]) => sandbox.startFrom(join(install, 'build/src/cli.js'), args);
    const upgraded = await newer(...words);
    t.is(upgraded.exitCode, 0, String(upgraded.stderr));
    t.regex(String(upgraded.stdout), /^0 logs read/);
    t.regex(String((await newer('note', 'a', '--root', 'root')).stdout), /mine/);
    const file = sandbox.database();
    t.true(existsSync(`${file}.before-9000`));

    const before = readFileSync(file);
    const refused = await sandbox.run(...words);
    t.is(refused.exitCode, 78);
    t.regex(refused.stderr, /^tlw: \S+tlw\.db: expected a database of training-log-wizard up to schema \d+, [^\n]*$/);
    t.deepEqual(readFileSync(file), before);
  },
);
