/** Versions of the workbook that are kept because people added to them what a new one cannot have: the last three. */

import { readdir, unlink } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';

const keptCount = 3;

/** `master.kept-2026-07-30-140512.xlsx`: a name beside the workbook that no file has yet. */
export async function keptPath(path: string, date: Date): Promise<string> {
  const extension = extname(path);
  const time = date.toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '');
  const taken = new Set(await readdir(dirname(path)));
  for (let n = 1; ; n++) {
    const name = `${basename(path, extension)}.kept-${time}${n > 1 ? `-${n}` : ''}${extension}`;
    if (!taken.has(name)) return join(dirname(path), name);
  }
}

/** Removes all but the last three. */
export async function pruneKept(path: string): Promise<void> {
  const extension = extname(path);
  const start = `${basename(path, extension)}.kept-`;
  const names = await readdir(dirname(path));
  const kept = names.filter((name) => {
    const time = name.startsWith(start) && name.endsWith(extension) ? name.slice(start.length, -extension.length) : '';
    return /^\d{4}-\d\d-\d\d-\d{6}(-\d+)?$/.test(time);
  });
  for (const name of kept.sort().slice(0, -keptCount)) await unlink(join(dirname(path), name));
}
