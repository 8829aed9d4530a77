/**
 * Makes a fresh checkout ready: npm packages, native modules, compiled sources. What is there already is left alone, so
 * that it costs a second the next time. It needs Node and npm alone, since nothing is installed when it runs.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { missingPackages, provideCompiler } from './compiler.mjs';
import { excerptOf, runStep, runSteps, Stop } from './steps.mjs';

/** The checkout that this file belongs to. */
export const projectFolder = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/**
 * Native modules: compiled, where nobody offers a binary for this machine. Each with a statement that uses it.
 * @type {Record<string, string>}
 */
const nativeModules = {
  canvas: "require('canvas').createCanvas(1, 1)",
  'better-sqlite3': "new (require('better-sqlite3'))(':memory:')",
};

/** Installs what is missing and compiles the sources; throws Stop with one line where it can't. */
export async function setUp() {
  checkNode();
  if (!hasPackages()) await installPackages();
  await installNativeModules();
  await compileSources();
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Stop(`Node 20.19 or later is needed; this is ${process.version} (${process.execPath})`);
}

/** Every package of the lock file is there in its version; those for other platforms need not be. */
function hasPackages() {
  const installed = readPackages('node_modules/.package-lock.json');
  // A link to another checkout's packages is not ours to change.
  if (isLink('node_modules')) return true;
  return Object.entries(readPackages('package-lock.json')).every(
    ([name, wanted]) => name === '' || wanted.optional || installed[name]?.version === wanted.version,
  );
}

/**
 * The packages of a lock file by the folder that each is in; none where there is no such file.
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean, dev?: boolean }>}
 */
export function readPackages(file) {
  const absolute = path.join(projectFolder, file);
  return existsSync(absolute) ? JSON.parse(readFileSync(absolute, 'utf8')).packages : {};
}

/** @param {string} name */
function isLink(name) {
  return lstatSync(path.join(projectFolder, name), { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** The versions of the lock file; what is there already stays, compiled modules too, which `npm ci` would throw away. */
async function installPackages() {
  const quiet = ['--no-save', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error'];
  const { command, args, options } = npmCommand(['install', ...quiet]);
  const { code, output } = await runStep('Installing npm packages', command, args, options);
  if (code !== 0) throw new Stop(`npm install failed:\n${excerptOf(output)}`);
}

/** Their own install scripts look for a ready binary first, which needs no compiler; only then do they compile. */
async function installNativeModules() {
  let absent = absentModules();
  const missing = absent.length > 0 ? missingPackages() : [];
  if (missing.length > 0) {
    // The first that finds no ready binary shows that a compiler is needed.
    for (const name of absent) if ((await runInstallScripts([name])).length > 0) break;
    absent = absentModules();
    if (absent.length > 0) await provideCompiler(absent, missing);
  }
  const [failure] = absent.length > 0 ? await runInstallScripts(absent) : [];
  if (failure !== undefined)
    throw new Stop(`${absent.join(' and ')} could not be installed:\n${excerptOf(failure.output)}`);
  const unusable = absentModules();
  if (unusable.length > 0) throw new Stop(`${unusable.join(' and ')}: installed, but this Node cannot load it`);
}

function absentModules() {
  return Object.entries(nativeModules)
    .filter(([, use]) => spawnSync(process.execPath, ['-e', use], { cwd: projectFolder }).status !== 0)
    .map(([name]) => name);
}

/**
 * Returns the results of those that failed.
 * @param {string[]} names
 */
async function runInstallScripts(names) {
  const env = { ...process.env, ...headersOfNode() };
  const commands = names.map((name) => {
    const cwd = path.join(projectFolder, 'node_modules', name);
    return npmCommand(['run', 'install'], { cwd, env });
  });
  const title = `Installing ${names.join(' and ')} (minutes, where there is no ready binary to fetch)`;
  return (await runSteps(title, commands)).filter(({ code }) => code !== 0);
}

/** Compiling needs Node's headers: those beside this node, where they are, since not every machine can fetch them. */
function headersOfNode() {
  const prefix = path.dirname(path.dirname(process.execPath));
  const header = path.join(prefix, 'include', 'node', 'node_version.h');
  if (process.env.npm_config_nodedir !== undefined || !existsSync(header)) return {};
  const major = /^#define NODE_MAJOR_VERSION (\d+)$/m.exec(readFileSync(header, 'utf8'))?.[1];
  return major === process.versions.node.split('.')[0] ? { npm_config_nodedir: prefix } : {};
}

async function compileSources() {
  const compiler = path.join(projectFolder, 'node_modules', 'typescript', 'bin', 'tsc');
  // What runs in a browser is a project of its own: it knows a page, and nothing of Node.
  for (const project of ['.', 'src/outputs/sweep-html/page']) {
    const title = project === '.' ? 'Compiling TypeScript' : 'Compiling the page of the sweep';
    const { code, output } = await runStep(title, process.execPath, [compiler, '-p', project], { cwd: projectFolder });
    if (code !== 0) throw new Stop(`the sources do not compile:\n${excerptOf(output)}`);
  }
}

/**
 * @param {string[]} args
 * @param {import('./steps.mjs').Options} [options]
 */
export function npmCommand(args, options = {}) {
  const ownNpm = process.env.npm_execpath;
  const allOptions = { cwd: projectFolder, ...options };
  if (ownNpm === undefined) return { command: 'npm', args, options: allOptions };
  return { command: process.execPath, args: [ownNpm, ...args], options: allOptions };
}
