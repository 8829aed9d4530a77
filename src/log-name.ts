/** What the name of a log says, whether it was packed or not. Names only: no I/O. */

/** `a/run.log.gz` → `a/run.log`, and so for what packs like gzip but is not read; other names as they are. */
export function unpackedName(path: string): string {
  return path.replace(/(?<=[^/])\.(?:gz|xz|zst|bz2|lz4)$/i, '');
}

/** `a/run.log`, `a/run.log.gz` → `a/run`: a log keeps what is named after it when it is packed. A leading dot begins no ending. */
export function withoutEnding(path: string): string {
  return unpackedName(path).replace(/(?<=[^/])\.[^./]*$/, '');
}

/**
 * What is only this log's within its folder, `a/run.log` → `a/run`: logs that differ by another ending alone, as PBS names them
 * (`job.o1`, `job.o2`), may lie side by side.
 */
export function withoutLogEnding(path: string): string {
  return unpackedName(path).replace(/(?<=[^/])\.log$/i, '');
}

/** `lr_0.1.o4711` → `lr_0.1`: a name without the number that PBS puts behind it. */
export function withoutJobNumber(name: string): string {
  return unpackedName(name).replace(/(?<=[^/])\.o\d+$/i, '');
}

/** The name that a log has before or after it is packed: `run.log.gz` for `run.log`, and the other way round. */
export function twinName(path: string): string {
  const unpacked = unpackedName(path);
  return unpacked === path ? `${path}.gz` : unpacked;
}

/** Whether a name is that of a packed log beside which the same lies unpacked: the unpacked one counts. */
export function isSpare(name: string, names: ReadonlySet<string>): boolean {
  const unpacked = unpackedName(name);
  return unpacked !== name && names.has(unpacked);
}
