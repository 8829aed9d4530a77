import { fileSystemAt } from '../daemon/places.js';
import { openStore } from '../store/open.js';
import type { Store } from '../store/store.js';
import { asDatabaseError } from '../store/trouble.js';

/** Opens a database for a command that writes to it. Throws a `DatabaseError` for whatever may lie in its place. */
export function openDatabase(file: string): Store {
  try {
    return openStore(file, { fileSystem: fileSystemAt(file).isLocal ? 'local' : 'remote' });
  } catch (error) {
    throw asDatabaseError(error, file);
  }
}
