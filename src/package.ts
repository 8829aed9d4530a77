/** Where the package lies and what it is called; the one place that reads package.json. */

import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Folder that holds package.json, migrations/, config/ and the other shipped files; ends in `/`. */
export const packageRoot = fileURLToPath(new URL('../../', import.meta.url));

/** Name and version of the program, as package.json has them. */
export const program = readProgram(`${packageRoot}package.json`);

/** Which files those of the program are, as this process was loaded from them. */
export const programBuild = maybeProgramBuild();

/** Whether they are others than those of `build`, or not there: an upgrade, or building it anew, makes others of them. */
export function isProgramReplaced(build = programBuild): boolean {
  try {
    return maybeProgramBuild() !== build;
  } catch {
    // A disk that does not answer says nothing of an upgrade.
    return false;
  }
}

/** What tells the program's files from earlier ones; undefined where they are not there, as in the middle of an upgrade. */
export function maybeProgramBuild(): string | undefined {
  const files = ['package.json', 'build/src/cli.js'].map((name) =>
    statSync(`${packageRoot}${name}`, { throwIfNoEntry: false }),
  );
  if (files.includes(undefined)) return undefined;
  return files.map((file) => `${file?.ino} ${file?.size} ${file?.mtimeMs}`).join(', ');
}

/** The version that package.json has now; undefined where it cannot be read. */
export function maybeInstalledVersion(): string | undefined {
  try {
    return readProgram(`${packageRoot}package.json`).version;
  } catch {
    return undefined;
  }
}

function readProgram(file: string): { readonly name: string; readonly version: string } {
  const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'name' in manifest && 'version' in manifest) {
    return { name: String(manifest.name), version: String(manifest.version) };
  }
  throw new Error(`${file}: expected a name and a version`);
}
