/** Which mount a path lies on, by the kernel's own list. */

import { readFileSync } from 'node:fs';

export interface Mount {
  readonly mountPoint: string;
  /** As the kernel calls it: `ext4`, `nfs4`, `fuse.bindfs`. */
  readonly type: string;
  /** A device, or `server:/path`. */
  readonly source: string;
  /** Of the mount and of its file system: `rw,relatime,vers=4.2,local_lock=none`. */
  readonly options: string;
}

/** The mount of an absolute path without links; undefined where the list cannot be read. */
export function maybeMountOf(path: string): Mount | undefined {
  try {
    return parseMountOf(path, readFileSync('/proc/self/mountinfo', 'utf8'));
  } catch {
    return undefined;
  }
}

/** The same from the text of a mountinfo file, see proc(5). Of several mounts at one place the last one is seen. */
export function parseMountOf(path: string, mountinfo: string): Mount | undefined {
  let best: Mount | undefined;
  for (const line of mountinfo.split('\n')) {
    const [before, after] = line.split(' - ');
    const [, , , , mountPoint, mountOptions] = before?.split(' ') ?? [];
    const [type, source, superOptions] = after?.split(' ') ?? [];
    if (mountPoint === undefined || mountOptions === undefined || type === undefined || source === undefined) continue;
    const place = unescaped(mountPoint);
    if (!isBelow(path, place) || (best !== undefined && best.mountPoint.length > place.length)) continue;
    const options = new Set([...mountOptions.split(','), ...(superOptions?.split(',') ?? [])]);
    best = { mountPoint: place, type, source: unescaped(source), options: [...options].join(',') };
  }
  return best;
}

function isBelow(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}

/** Blanks and the like are written as `\040`. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}
