/** What kind of file system a folder lies on, by the magic number of statfs(2), and whether other hosts can write to it. */

import { type StatsFs, statfsSync } from 'node:fs';
import { errnoOf } from '../errors.js';

export interface FileSystem {
  /** e.g. `ext4`, `nfs`; `unknown (0x1234)` where the number is not in the table. */
  readonly name: string;
  /** Only true for types known to be local: an unknown type is treated as remote. */
  readonly isLocal: boolean;
}

/** The file system of a `type` as `fs.statfs` gives it. */
export function fileSystemOf(type: number): FileSystem {
  const magic = type >>> 0;
  const local = localTypes.get(magic);
  if (local !== undefined) return { name: local, isLocal: true };
  return { name: remoteTypes.get(magic) ?? `unknown (0x${magic.toString(16)})`, isLocal: false };
}

/** What `statfs` says of a folder; a type of 0, which is unknown, where the system has no such call or does not allow it. Throws other errors. */
export function statFileSystem(folder: string | Buffer): StatsFs {
  try {
    return statfsSync(folder);
  } catch (error) {
    if (![-1, -38].includes(errnoOf(error) ?? 0)) throw error;
    return Object.assign(Object.create(null), {
      ...{ type: 0, bsize: 0, blocks: 0 },
      bfree: 0,
      bavail: 0,
      files: 0,
      ffree: 0,
    });
  }
}

const localTypes: ReadonlyMap<number, string> = new Map([
  [0xef53, 'ext4'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x2fc12fc1, 'zfs'],
  [0x01021994, 'tmpfs'],
  [0x858458f6, 'ramfs'],
  [0xf2f52010, 'f2fs'],
  [0xca451a4e, 'bcachefs'],
  [0x3153464a, 'jfs'],
]);

/** Only for the name: whatever is not local is remote. */
const remoteTypes: ReadonlyMap<number, string> = new Map([
  [0x6969, 'nfs'],
  [0x0bd00bd0, 'lustre'],
  [0x47504653, 'gpfs'],
  [0x19830326, 'beegfs'],
  [0x00c36400, 'ceph'],
  [0xff534d42, 'cifs'],
  [0xfe534d42, 'smb2'],
  [0x517b, 'smb'],
  [0x65735546, 'fuse'],
  [0x794c7630, 'overlay'],
  [0x0187, 'autofs'],
  [0x01021997, '9p'],
  [0x5346414f, 'afs'],
  [0x6b414653, 'afs'],
  [0x01161970, 'gfs2'],
  [0x7461636f, 'ocfs2'],
  [0xaad7aaea, 'panfs'],
  [0x786f4256, 'vboxsf'],
]);
