import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { baseFolder } from '../account.js';
import type { Config } from '../config.js';
import { type FileSystem, fileSystemOf, statFileSystem } from '../watch/file-system.js';

/** The folder of a root's database: `$XDG_STATE_HOME/training-log-wizard/NAME-HASH`, unless the config names one. */
export function stateFolderOf(
  root: string,
  { stateDir }: Pick<Config, 'stateDir'>,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  if (stateDir !== null) return stateDir;
  const base = baseFolder(environment, 'XDG_STATE_HOME');
  const hash = createHash('sha256').update(root).digest('hex').slice(0, 8);
  return join(base, 'training-log-wizard', `${basename(root) || 'root'}-${hash}`);
}

/** The database in a state folder. */
export function databaseOf(stateFolder: string): string {
  return join(stateFolder, 'tlw.db');
}

/** Where the outputs of a root go: into it, or into the folder that the config names. */
export function outputFolderOf(root: string, { outputs }: Config): string {
  return outputs.dir ?? root;
}

/** The file system that a folder lies on, or will lie on once it is made; an unknown one where the system does not tell. */
export function fileSystemAt(folder: string): FileSystem {
  try {
    return fileSystemOf(statFileSystem(folder).type);
  } catch {
    if (dirname(folder) === folder) return fileSystemOf(0);
    return fileSystemAt(dirname(folder));
  }
}
