/** The little of the zip format that has to be known here. */

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
/** 1980-01-01 00:00, the first date that the format can tell: time, then date. */
const firstDate = 0x0021_0000;

/** Gives every entry of an archive the same date, in place, so that the same content is the same bytes. */
export function fixZipDates(archive: Buffer): Buffer {
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || archive.readUInt32LE(end) !== endSignature)
    throw new Error('expected a zip archive, got no end record');
  const count = archive.readUInt16LE(end + 10);
  let entry = archive.readUInt32LE(end + 16);
  for (let i = 0; i < count; i++) {
    if (archive.readUInt32LE(entry) !== entrySignature) throw new Error(`expected a zip entry at byte ${entry}`);
    const nameLength = archive.readUInt16LE(entry + 28);
    const extraLength = archive.readUInt16LE(entry + 30);
    const commentLength = archive.readUInt16LE(entry + 32);
    archive.writeUInt32LE(firstDate, entry + 12);
    archive.writeUInt32LE(firstDate, archive.readUInt32LE(entry + 42) + 10);
    entry += 46 + nameLength + extraLength + commentLength;
  }
  return archive;
}
