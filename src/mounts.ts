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

/** As `parseMirrors`, by the kernel's list; none where it cannot be read. */
export function readMirrors(root: string): ReadonlyMap<string, string> {
  try {
    return parseMirrors(root, readFileSync('/proc/self/mountinfo', 'utf8'));
  } catch {
    return new Map();
  }
}

/** As `maybeMountOf`, from the text of a mountinfo file, see proc(5). Of several mounts at one place the last one is seen. */
export function parseMountOf(path: string, mountinfo: string): Mount | undefined {
  return placedAt(path, parseMounts(mountinfo));
}

/**
 * Folders below `root` that show a second time what lies in it, or what another of its mounts shows (`mount --bind`): each with what it
 * is the same as, both relative to `root`, which has no links. By the kernel's list alone: no folder is touched.
 */
export function parseMirrors(root: string, mountinfo: string): ReadonlyMap<string, string> {
  const mounts = parseMounts(mountinfo);
  const own = placedAt(root, mounts);
  const mirrors = new Map<string, string>();
  if (own === undefined) return mirrors;
  const ownInside = insideOf(own, root);
  const first = new Map<string, string>();
  for (const mount of mounts) {
    const path = pathBelow(root, mount.mountPoint);
    if (path === undefined || path === '') continue;
    const shown = mount.device === own.device ? pathBelow(ownInside, mount.inside) : undefined;
    const held = mount.device === own.device ? pathBelow(mount.inside, ownInside) : undefined;
    // What another mount lies over is seen nowhere else.
    const isSeen = shown !== undefined && placedAt(shown === '' ? root : `${root}/${shown}`, mounts) === own;
    const content = `${mount.device} ${mount.inside}`;
    const same = first.get(content);
    if (isSeen && shown !== path) mirrors.set(path, shown);
    else if (held) mirrors.set(`${path}/${held}`, '');
    else if (same !== undefined && same !== path) mirrors.set(path, same);
    else first.set(content, path);
  }
  return mirrors;
}

interface PlacedMount extends Mount {
  readonly device: string;
  /** What of the file system is mounted. */
  readonly inside: string;
}

function parseMounts(mountinfo: string): PlacedMount[] {
  return mountinfo.split('\n').flatMap((line): PlacedMount[] => {
    const [before, after] = line.split(' - ');
    const [, , device, inside, mountPoint, mountOptions] = before?.split(' ') ?? [];
    const [type, source, superOptions] = after?.split(' ') ?? [];
    if (device === undefined || inside === undefined || mountPoint === undefined || mountOptions === undefined)
      return [];
    if (type === undefined || source === undefined) return [];
    const options = [...new Set([...mountOptions.split(','), ...(superOptions?.split(',') ?? [])])].join(',');
    const places = { mountPoint: unescaped(mountPoint), source: unescaped(source), inside: unescaped(inside) };
    return [{ ...places, type, options, device }];
  });
}

function placedAt(path: string, mounts: readonly PlacedMount[]): PlacedMount | undefined {
  let best: PlacedMount | undefined;
  for (const mount of mounts) {
    if (!isBelow(path, mount.mountPoint)) continue;
    if (best === undefined || best.mountPoint.length <= mount.mountPoint.length) best = mount;
  }
  return best;
}

/** Where in its file system a path of a mount lies. */
function insideOf({ mountPoint, inside }: PlacedMount, path: string): string {
  const below = pathBelow(mountPoint, path) ?? '';
  if (below === '') return inside;
  return inside === '/' ? `/${below}` : `${inside}/${below}`;
}

/** A path relative to a folder: '' for the folder itself, undefined for what does not lie in it. */
function pathBelow(folder: string, path: string): string | undefined {
  if (path === folder) return '';
  return isBelow(path, folder) ? path.slice(folder === '/' ? 1 : folder.length + 1) : undefined;
}

function isBelow(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}

/** Blanks and the like are written as `\040`. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}
