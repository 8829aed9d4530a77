import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';

/** Puts a small file of the state folder in place of the last one, whole or not at all; `tag` tells its temporary file from others. */
export function replaceFile(file: string, text: string, tag: string): void {
  const temporary = `${file}.${tag}.tmp`;
  const fd = openSync(temporary, 'w', 0o600);
  try {
    writeSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, file);
}
