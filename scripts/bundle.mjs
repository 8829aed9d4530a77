/**
 * `npm run bundle`: for clusters without root, compiler or internet, two files in build/bundle, for machines like this one:
 * a package for `npm install --global --ignore-scripts FILE` with all it depends on inside, native modules compiled; and an
 * archive that carries node itself.
 */

import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { npmCommand, projectFolder, readPackages, setUp } from './setup.mjs';
import { runStep, Stop, say } from './steps.mjs';

const bundleFolder = path.join(projectFolder, 'build', 'bundle');
const stage = path.join(bundleFolder, 'package');

process.exitCode = await main();

async function main() {
  try {
    await setUp();
    rmSync(bundleFolder, { recursive: true, force: true });
    mkdirSync(bundleFolder, { recursive: true });
    const manifest = readManifest(projectFolder);
    await stageProgram();
    stageDependencies();
    writeManifest(manifest);
    const name = `${manifest.name}-${manifest.version}-${platformName()}`;
    sayFile(await packForNpm(`${name}-node${nodeMajor()}.tgz`));
    sayFile(await packWithNode(manifest.name, `${name}-with-node`));
    return 0;
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    say(error.message);
    return 1;
  }
}

/** @typedef {{ name: string, version: string, dependencies: Record<string, string>, [field: string]: unknown }} Manifest */

/**
 * @param {string} folder
 * @returns {Manifest}
 */
function readManifest(folder) {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
}

/** The program as `npm publish` would send it, without anything that it depends on. */
async function stageProgram() {
  const { command, args, options } = npmCommand(['pack', '--ignore-scripts', '--pack-destination', bundleFolder]);
  await run('Packing the program', command, args, options);
  const [archive = ''] = readdirSync(bundleFolder);
  await run('Unpacking it', 'tar', ['-xzf', path.join(bundleFolder, archive), '-C', bundleFolder]);
  rmSync(path.join(bundleFolder, archive));
}

/** Every package that the program needs when it runs, where npm put it, without sources and what compiling left. */
function stageDependencies() {
  const places = Object.entries(readPackages('package-lock.json'))
    .filter(([place, { dev }]) => place !== '' && !dev && existsSync(path.join(projectFolder, place)))
    .map(([place]) => place);
  for (const place of places) {
    const folder = path.join(projectFolder, place);
    const isNative = existsSync(path.join(folder, 'binding.gyp'));
    cpSync(folder, path.join(stage, place), {
      recursive: true,
      filter: (file) => isNeeded(path.relative(folder, file), isNative),
    });
  }
}

/**
 * @param {string} file Relative to its package.
 * @param {boolean} isNative
 */
function isNeeded(file, isNative) {
  if (/(^|\/)node_modules(\/|$)|\.(map|ts|mts|cts)$/.test(file)) return false;
  if (!isNative) return true;
  // Of what was compiled, the modules themselves and the libraries that came with them.
  if (file.startsWith('build/')) return /^build\/Release(\/[^/]+\.(node|so[.\d]*))?$/.test(file);
  return !/^(deps|src)(\/|$)/.test(file);
}

/**
 * Bundled dependencies stand here only: in the project they would make npm ignore the lock file's.
 * @param {Manifest} manifest
 */
function writeManifest({ name, version, dependencies, ...rest }) {
  const kept = ['description', 'keywords', 'license', 'type', 'bin', 'files'];
  const bundled = {
    name,
    version,
    ...Object.fromEntries(kept.map((field) => [field, rest[field]])),
    engines: { node: `>=20.19 ^${nodeMajor()}` },
    os: [process.platform],
    cpu: [process.arch],
    dependencies: Object.fromEntries(Object.keys(dependencies).map((each) => [each, installedVersion(each)])),
    bundleDependencies: Object.keys(dependencies),
  };
  writeFileSync(path.join(stage, 'package.json'), `${JSON.stringify(bundled, null, 2)}\n`);
}

/** @param {string} name */
function installedVersion(name) {
  return readManifest(path.join(stage, 'node_modules', name)).version;
}

/**
 * With tar, since `npm pack` leaves out of a bundled package what its own author did not publish: the compiled modules.
 * @param {string} fileName
 */
async function packForNpm(fileName) {
  const file = path.join(bundleFolder, fileName);
  await run('Packing it with what it depends on', 'tar', ['-czf', file, '-C', bundleFolder, path.basename(stage)]);
  return file;
}

/**
 * bin/tlw runs the node beside it, wherever the folder is unpacked or linked from.
 * @param {string} program
 * @param {string} folderName
 */
async function packWithNode(program, folderName) {
  const folder = path.join(bundleFolder, folderName);
  const bin = path.join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  cpSync(process.execPath, path.join(bin, 'node'));
  cpSync(stage, path.join(folder, 'lib', program), { recursive: true });
  writeFileSync(
    path.join(bin, 'tlw'),
    `#!/bin/sh\nhere=$(dirname "$(readlink -f "$0")")\nexec "$here/node" "$here/../lib/${program}/build/src/cli.js" "$@"\n`,
  );
  chmodSync(path.join(bin, 'tlw'), 0o755);
  const archive = `${folder}.tar.gz`;
  await run('Packing it with node', 'tar', ['-czf', archive, '-C', bundleFolder, folderName]);
  rmSync(folder, { recursive: true });
  return archive;
}

/**
 * @param {string} title
 * @param {string} command
 * @param {string[]} args
 * @param {import('./steps.mjs').Options} [options]
 */
async function run(title, command, args, options) {
  const { code, output } = await runStep(title, command, args, options);
  if (code !== 0) throw new Stop(`${title} failed:\n${output}`);
}

function nodeMajor() {
  return process.versions.node.split('.')[0];
}

/** `linux-x64-glibc`: what the native modules inside were made for. */
function platformName() {
  const { header } = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  const libc = process.platform !== 'linux' ? '' : header.glibcVersionRuntime === undefined ? '-musl' : '-glibc';
  return `${process.platform}-${process.arch}${libc}`;
}

/** @param {string} file */
function sayFile(file) {
  say(`${path.relative(process.cwd(), file)}  ${(statSync(file).size / 1e6).toFixed(1)} MB`);
}
