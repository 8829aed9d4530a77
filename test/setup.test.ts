import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';

test('where npm cannot install, what it said is shown', async (t) => {
  const { run } = await bareMachine(t, { npm: 'echo "npm error code ENOTFOUND"; exit 1' });
  const { exitCode, stdout } = await run('start');
  t.is(exitCode, 1);
  t.true(stdout.endsWith('npm install failed:\nnpm error code ENOTFOUND'), stdout);
});

test('without a compiler and without root, one line names what is missing', async (t) => {
  const { run, calls } = await bareMachine(t, { npm: npmWithoutBinaries });
  const { exitCode, stdout } = await run('start');
  t.is(exitCode, 1);
  t.is(
    stdout.split('\n').at(-1),
    "canvas and better-sqlite3: no ready binary for this machine, and to compile, these packages are missing: build-essential python3 pkg-config libcairo2-dev libpango1.0-dev (Debian's names)",
  );
  t.deepEqual(await calls(), [
    'npm install --no-save --ignore-scripts --no-fund --no-audit --loglevel=error',
    'npm run install',
  ]);
});

const testAsRoot = process.getuid?.() === 0 ? test : test.skip;
testAsRoot('as root, apt brings the compiler, and the modules are tried again', async (t) => {
  const { run, calls } = await bareMachine(t, { npm: npmWithoutBinaries, 'apt-get': 'exit 0' });
  const { stdout } = await run('start');
  t.true(stdout.includes('canvas and better-sqlite3 could not be installed:'), stdout);
  const apt = (await calls()).filter((call) => call.startsWith('apt-get '));
  t.is(apt.length, 2);
  t.true(apt[1]?.includes(' install --no-install-recommends build-essential python3 pkg-config libcairo2-dev '));
  t.is((await calls()).filter((call) => call === 'npm run install').length, 3);
});

test('what goes wrong before any test runs is counted as a failure in the last line', async (t) => {
  const { run } = await bareMachine(t, { npm: 'exit 1' });
  const { exitCode, stdout } = await run('test');
  t.is(exitCode, 1);
  t.is(stdout.split('\n').at(-1), '0 passed, 1 failed, 0 skipped');
});

/** Installs the packages in name only, and has no ready binary of any. */
const npmWithoutBinaries = `case $1 in install)
  mkdir -p node_modules/canvas node_modules/better-sqlite3 && cp package-lock.json node_modules/.package-lock.json ;;
*) exit 1 ;; esac`;

/** A copy of the scripts on a machine with node, a shell, and the given commands, which note how they were called. */
async function bareMachine(t: ExecutionContext, commands: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tlw-bare-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const bin = path.join(folder, 'bin');
  const log = path.join(folder, 'calls');
  await mkdir(bin);
  for (const file of ['scripts', 'package.json', 'package-lock.json']) {
    await cp(path.resolve(file), path.join(folder, file), { recursive: true });
  }
  for (const tool of ['sh', 'mkdir', 'cp']) await symlink(path.join('/bin', tool), path.join(bin, tool));
  for (const [name, body] of Object.entries(commands)) {
    await writeFile(path.join(bin, name), `#!/bin/sh\necho "${name} $*" >> ${log}\n${body}\n`);
    await chmod(path.join(bin, name), 0o755);
  }
  const run = (script: 'start' | 'test') =>
    execa(process.execPath, [path.join(folder, 'scripts', `${script}.mjs`)], {
      cwd: folder,
      env: { PATH: bin },
      extendEnv: false,
      reject: false,
    });
  const calls = async () => (await readFile(log, 'utf8')).trim().split('\n');
  return { run, calls };
}
