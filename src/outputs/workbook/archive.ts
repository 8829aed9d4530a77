/** A workbook as an archive: which sheets and other parts it has, and a copy without the sheets that need not be read. */

import JSZip from 'jszip';
import { type SaxesAttributeNS, SaxesParser } from 'saxes';
import { type SheetPart, thinSheets } from './thin-sheets.js';

export interface TrimmedWorkbook {
  /** The workbook with empty sheets in place of those that are not wanted. */
  readonly bytes: Buffer;
  /** Names of all its sheets, in order. */
  readonly sheets: readonly string[];
  /** Paths of all its parts. */
  readonly parts: readonly string[];
  /** Rows with content that were taken out of a large sheet, since they are no experiment's; by its name. */
  readonly dropped: ReadonlyMap<string, number>;
}

export interface TrimOptions {
  /** Others are emptied. */
  readonly isWanted: (name: string) => boolean;
  /** The sheet that lists key and name of all experiments. */
  readonly stateSheet: string;
  /** Called now and then while large sheets are read. */
  readonly onProgress?: (() => void) | undefined;
}

/** Empties sheets that are not wanted, and thins large ones; throws where the bytes are no workbook. */
export async function trimWorkbook(
  bytes: Uint8Array,
  { isWanted, stateSheet, onProgress }: TrimOptions,
): Promise<TrimmedWorkbook> {
  const archive = await JSZip.loadAsync(bytes);
  const parts = Object.keys(archive.files);
  const files = await readRelations(archive);
  const sheets: string[] = [];
  const wanted: SheetPart[] = [];
  for (const { name, id } of await readSheets(archive)) {
    sheets.push(name);
    const file = files.get(id);
    if (file === undefined || !archive.file(file)) continue;
    if (isWanted(name)) {
      wanted.push({ name, file });
      continue;
    }
    archive.file(file, emptySheet);
    archive.remove(file.replace(/([^/]+)$/, '_rels/$1.rels'));
  }
  const state = wanted.find(({ name }) => name === stateSheet);
  const dropped = state === undefined ? new Map() : await thinSheets(archive, wanted, state, onProgress);
  // In this way what is kept is copied, not packed again.
  const trimmed = await archive.generateAsync({ type: 'nodebuffer', compression: 'DEFLATE' });
  return { bytes: trimmed, sheets, parts, dropped };
}

const emptySheet =
  '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>';

/** Each sheet's name and the id of its relation, in order. */
async function readSheets(archive: JSZip): Promise<{ name: string; id: string }[]> {
  const sheets: { name: string; id: string }[] = [];
  await readTags(archive, 'xl/workbook.xml', (local, attributes) => {
    if (local === 'sheet') sheets.push({ name: attributes.get('name') ?? '', id: attributes.get('id') ?? '' });
  });
  if (sheets.length === 0) throw new Error('expected a workbook, got an archive without sheets');
  return sheets;
}

/** Path of a part in the archive by the id of its relation. */
async function readRelations(archive: JSZip): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  await readTags(archive, 'xl/_rels/workbook.xml.rels', (local, attributes) => {
    const target = attributes.get('Target') ?? '';
    if (local !== 'Relationship') return;
    files.set(attributes.get('Id') ?? '', target.startsWith('/') ? target.slice(1) : `xl/${target}`);
  });
  return files;
}

/** Calls `see` with the local name and attributes of every tag of a part. */
async function readTags(
  archive: JSZip,
  part: string,
  see: (local: string, attributes: ReadonlyMap<string, string>) => void,
): Promise<void> {
  const text = await archive.file(part)?.async('string');
  if (text === undefined) throw new Error(`expected a workbook, got an archive without ${part}`);
  const parser = new SaxesParser({ xmlns: true });
  parser.on('opentag', ({ local, attributes }) => {
    const values: SaxesAttributeNS[] = Object.values(attributes);
    see(local, new Map(values.map((attribute) => [attribute.local, attribute.value])));
  });
  parser.write(text).close();
}
