import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Dialect } from '../event.js';
import { readUserDialect } from './user-dialect.js';

const folder = fileURLToPath(new URL('../../../../config/dialects/', import.meta.url));

let read: readonly Dialect[] | undefined;

/** The dialects that come with the program as files, in `config/dialects`; read once. */
export function shippedDialects(): readonly Dialect[] {
  read ??= readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => readUserDialect(folder + name));
  return read;
}
