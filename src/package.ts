/** Where the package lies and what it is called; the one place that reads package.json. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Folder that holds package.json, migrations/, config/ and the other shipped files; ends in `/`. */
export const packageRoot = fileURLToPath(new URL('../../', import.meta.url));

/** Name and version of the program, as package.json has them. */
export const program = readProgram(`${packageRoot}package.json`);

function readProgram(file: string): { readonly name: string; readonly version: string } {
  const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'name' in manifest && 'version' in manifest) {
    return { name: String(manifest.name), version: String(manifest.version) };
  }
  throw new Error(`${file}: expected a name and a version`);
}
