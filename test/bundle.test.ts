import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { program } from '../src/package.js';

/** Runs what follows without any network: as root, or where users may make namespaces. */
const withoutNetwork = [
  ['unshare', '--net'],
  ['unshare', '--net', '--map-root-user'],
].find(([command = '', ...args]) => spawnSync(command, [...args, 'true']).status === 0);
const testWithoutNetwork = withoutNetwork === undefined ? test.skip : test.serial;
const bundles = path.resolve('build/bundle');

test.before(async () => {
  await execa(process.execPath, ['scripts/bundle.mjs']);
});

testWithoutNetwork('the bundle installs without network, and does the whole job', async (t) => {
  const home = await emptyHome(t);
  const bundle = await bundleThat(/-node\d+\.tgz$/);
  const prefix = path.join(home, '.local');
  await offline(home, ['npm', 'install', '--global', '--ignore-scripts', '--prefix', prefix, bundle]);
  await doesTheJob(t, home, path.join(prefix, 'bin', 'tlw'));
});

testWithoutNetwork('the bundle that carries node runs where there is none', async (t) => {
  const home = await emptyHome(t);
  const bundle = await bundleThat(/-with-node\.tar\.gz$/);
  await execa('tar', ['-xzf', bundle, '-C', home]);
  const tlw = path.join(home, path.basename(bundle, '.tar.gz'), 'bin', 'tlw');
  const bin = path.join(home, 'bin');
  await mkdir(bin);
  for (const tool of ['dirname', 'readlink']) await symlink(path.join('/usr/bin', tool), path.join(bin, tool));
  await doesTheJob(t, home, tlw, bin);
});

/** The version, and the whole job: database, reports and workbook. */
async function doesTheJob(t: ExecutionContext, home: string, tlw: string, binaries?: string): Promise<void> {
  t.is((await offline(home, [tlw, '--version'], binaries)).stdout, program.version);
  await offline(home, [tlw, 'demo', 'demo'], binaries);
  const files = await readdir(path.join(home, 'demo'), { recursive: true });
  t.true(files.includes('master.xlsx'));
  t.true(files.some((file) => file.endsWith('.tlw.pdf')));
  t.regex((await offline(home, [tlw, 'watch', '--once', '--root', 'demo'], binaries)).stdout, /^10 logs read/);
  t.regex(
    (await offline(home, [tlw, 'export', '--root', 'demo'], binaries)).stdout,
    /^workbook: demo\/master\.xlsx, 10 /m,
  );
  // Where canvas was compiled here, it needs what this host has.
  const findings: { topic: string; level: string; text: string }[] = JSON.parse(
    (await offline(home, [tlw, 'doctor', '--json', '--root', 'demo'], binaries)).stdout,
  );
  t.deepEqual(
    findings.filter(({ level }) => level === 'fail'),
    [],
  );
  const drawing = findings.find(({ topic }) => topic === 'drawing library');
  t.is(drawing?.level, 'ok');
  t.regex(drawing?.text ?? '', /with (its own cairo and pango|the cairo and pango of this host); a page was drawn$/);
}

async function offline(
  home: string,
  command: readonly string[],
  binaries = `${path.dirname(process.execPath)}:/usr/bin:/bin`,
) {
  const [unshare = '', ...args] = withoutNetwork ?? [];
  const env = { PATH: binaries, HOME: home };
  return execa(`/usr/bin/${unshare}`, [...args, ...command], { cwd: home, env, extendEnv: false });
}

async function emptyHome(t: ExecutionContext): Promise<string> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'tlw-bundle-'));
  t.teardown(() => rm(home, { recursive: true }));
  return home;
}

async function bundleThat(ending: RegExp): Promise<string> {
  const name = (await readdir(bundles)).find((file) => ending.test(file));
  if (name === undefined) throw new Error(`expected a file that ends in ${ending.source} in ${bundles}`);
  return path.join(bundles, name);
}
