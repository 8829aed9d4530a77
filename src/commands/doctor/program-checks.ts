/** Is the program itself whole: Node, its native libraries, its fonts. */

import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Jobs } from '../../daemon/jobs.js';
import { messageOf } from '../../errors.js';
import { fontPaths } from '../../outputs/report/canvas.js';
import { program } from '../../package.js';
import { readSqliteVersion } from '../../store/sqlite.js';
import { exitCodes } from '../../user-error.js';
import { type Finding, fail, ok, warn } from './finding.js';

/** The oldest Node that the program is tested with. */
const oldestNode = [20, 19] as const;

/** Looks at what the program is made of. */
export async function checkProgram(jobs: Pick<Jobs, 'examineDrawing'>): Promise<Finding[]> {
  return [checkNode(process.versions.node), checkDatabaseLibrary(), checkFonts(fontPaths), await checkDrawing(jobs)];
}

/** Whether this version of Node is new enough. */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = oldestNode;
  const what = `${program.name} ${program.version} on Node ${version}, ${process.execPath}`;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return ok('node', what);
  const advice = `install Node ${oldestNode.join('.')} or later, or the bundle that carries its own`;
  return fail('node', what, advice, exitCodes.config);
}

function checkDatabaseLibrary(): Finding {
  const topic = 'database library';
  try {
    return ok(topic, `SQLite ${readSqliteVersion()} in better-sqlite3 ${versionOf('better-sqlite3')}`);
  } catch (error) {
    return fail(topic, firstLine(error), 'npm rebuild better-sqlite3, with this very Node', exitCodes.config);
  }
}

function checkFonts(paths: readonly string[]): Finding {
  const missing = paths.filter((path) => !existsSync(path));
  if (missing.length === 0)
    return ok('fonts', `${paths.length} that ship with the program; none of this host is needed`);
  return fail('fonts', `missing: ${missing.join(', ')}`, 'install the program again', exitCodes.config);
}

async function checkDrawing(jobs: Pick<Jobs, 'examineDrawing'>): Promise<Finding> {
  const topic = 'drawing library';
  const source = areLibrariesInside() ? 'with its own cairo and pango' : 'with the cairo and pango of this host';
  try {
    await jobs.examineDrawing();
    return ok(topic, `canvas ${versionOf('canvas')}, ${source}; a page was drawn`);
  } catch (error) {
    const advice = areLibrariesInside()
      ? 'npm rebuild canvas, with this very Node; until then there are no PDFs'
      : 'canvas was compiled for this host’s libraries: have cairo and pango installed, or load their module; until then there are no PDFs';
    return warn(topic, firstLine(error), advice);
  }
}

/** What was fetched ready-made brings its libraries along; what was compiled uses those of the host. */
function areLibrariesInside(): boolean {
  const folder = join(folderOf('canvas'), 'build/Release');
  return existsSync(folder) && readdirSync(folder).some((name) => name.startsWith('libcairo'));
}

function versionOf(name: string): string {
  const manifest: unknown = createRequire(import.meta.url)(join(folderOf(name), 'package.json'));
  return String(Object(manifest).version);
}

function folderOf(name: string): string {
  return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
}

function firstLine(error: unknown): string {
  return messageOf(error).split('\n')[0] ?? '';
}
