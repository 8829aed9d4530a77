/**
 * Takes rows that are no experiment's out of sheets to which somebody added hundreds of thousands: the library that reads
 * workbooks holds every cell in memory. Rows are looked at one by one as they are unpacked.
 */

import { PassThrough } from 'node:stream';
import type JSZip from 'jszip';

/** A sheet of the workbook, and its path in the archive. */
export interface SheetPart {
  readonly name: string;
  readonly file: string;
}

const stringsFile = 'xl/sharedStrings.xml';
/** Characters of a sheet that is read as it is. */
const largeSheet = 8 * 2 ** 20;
/** The header stands within the first fifty. */
const mostHeadRows = 100;

/** What an experiment's row has in one of its cells. */
interface Wanted {
  readonly texts: ReadonlySet<string>;
  /** The same texts as numbers of shared strings. */
  readonly strings: ReadonlySet<number>;
}

/**
 * Thins the sheets that are large; gives how many rows with content were taken out of each, by its name. `state` lists key and
 * name of each experiment in its first two columns. `onProgress` is called now and then.
 */
export async function thinSheets(
  archive: JSZip,
  sheets: readonly SheetPart[],
  state: SheetPart,
  onProgress: () => void = () => {},
): Promise<ReadonlyMap<string, number>> {
  const dropped = new Map<string, number>();
  let wanted: Wanted | undefined;
  const used = new Set<number>();
  for (const { name, file } of sheets) {
    if (file === state.file || !(await isLarge(archive, file))) continue;
    wanted ??= await readWanted(archive, state, onProgress);
    // The library makes such a text of a date or of yes and no, which are numbers in the file.
    const isUnsafe = [...wanted.texts].some((text) => /^(?:\d{4}-\d\d-\d\d.*|true|false)$/.test(text));
    if (wanted.texts.size === 0 || isUnsafe) return dropped;
    dropped.set(name, await thinSheet(archive, file, wanted, onProgress));
  }
  if (dropped.size === 0) return dropped;
  for (const { file } of sheets)
    for (const { string } of cellsOf((await archive.file(file)?.async('string')) ?? ''))
      if (string !== undefined) used.add(string);
  const strings: string[] = [];
  for await (const { xml, index } of readStrings(archive, onProgress))
    strings.push(index === undefined || used.has(index) ? xml : '<si/>');
  archive.file(stringsFile, strings.join(''));
  return dropped;
}

async function isLarge(archive: JSZip, file: string): Promise<boolean> {
  let length = 0;
  for await (const chunk of readPart(archive, file)) {
    length += chunk.length;
    if (length > largeSheet) return true;
  }
  return false;
}

async function thinSheet(archive: JSZip, file: string, wanted: Wanted, onProgress: () => void): Promise<number> {
  const kept: string[] = [];
  let rows = 0;
  let dropped = 0;
  for await (const { xml, isWhole } of readElements(archive, file, '</row>', onProgress)) {
    rows += 1;
    if (!isWhole || rows <= mostHeadRows || isOfExperiment(xml, wanted)) kept.push(xml);
    else if (/<(?:v|t)\b/.test(xml)) dropped += 1;
  }
  archive.file(file, kept.join(''));
  return dropped;
}

function isOfExperiment(row: string, { texts, strings }: Wanted): boolean {
  for (const { string, text } of cellsOf(row)) {
    if (string === undefined ? texts.has(text) || texts.has(String(Number(text))) : strings.has(string)) return true;
  }
  return false;
}

interface FoundCell {
  /** Letters. */
  readonly column: string;
  /** Number of its shared string; undefined where it has a text or number of its own. */
  readonly string: number | undefined;
  readonly text: string;
}

function* cellsOf(xml: string): Generator<FoundCell> {
  for (const [, attributes = '', content = ''] of xml.matchAll(/<c\b([^>]*?)(?:\/>|>([\s\S]*?)<\/c>)/g)) {
    const value = /<v\b[^>]*>([^<]*)<\/v>/.exec(content)?.[1];
    const column = /\br=["']([A-Z]+)/.exec(attributes)?.[1] ?? '';
    if (/\bt=["']s["']/.test(attributes)) yield { column, string: Number(value ?? -1), text: '' };
    else yield { column, string: undefined, text: value === undefined ? textsIn(content) : decoded(value) };
  }
}

/** Keys and names of all experiments. */
async function readWanted(archive: JSZip, state: SheetPart, onProgress: () => void): Promise<Wanted> {
  const texts = new Set<string>();
  const named = new Set<number>();
  for (const { column, string, text } of cellsOf((await archive.file(state.file)?.async('string')) ?? '')) {
    if (column !== 'A' && column !== 'B') continue;
    if (string !== undefined) named.add(string);
    else if (text !== '') texts.add(text);
  }
  for await (const { xml, index } of readStrings(archive, onProgress))
    if (index !== undefined && named.has(index)) texts.add(textsIn(xml));
  // A program may write the same text twice.
  const strings = new Set<number>();
  for await (const { xml, index } of readStrings(archive, onProgress))
    if (index !== undefined && texts.has(textsIn(xml))) strings.add(index);
  return { texts, strings };
}

/** The shared strings in order; `index` is undefined for what stands around them. */
async function* readStrings(
  archive: JSZip,
  onProgress: () => void,
): AsyncGenerator<{ readonly xml: string; readonly index: number | undefined }> {
  let index = 0;
  for await (const { xml, isWhole } of readElements(archive, stringsFile, '</si>', onProgress)) {
    // Empty ones, and the head of the part, stand before the one that ends.
    for (const each of xml.split(/(?<=<si ?\/>)|(?=<si\b[^/>]*>)/))
      yield { xml: each, index: each.includes('<si') && (isWhole || /<si ?\/>$/.test(each)) ? index++ : undefined };
  }
}

/** A part cut behind each `end`; what follows the last is not whole. */
async function* readElements(
  archive: JSZip,
  file: string,
  end: string,
  onProgress: () => void,
): AsyncGenerator<{ readonly xml: string; readonly isWhole: boolean }> {
  let text = '';
  for await (const chunk of readPart(archive, file)) {
    onProgress();
    const from = Math.max(0, text.length - end.length);
    text += chunk;
    let start = 0;
    for (let at = text.indexOf(end, from); at >= 0; at = text.indexOf(end, start)) {
      yield { xml: text.slice(start, at + end.length), isWhole: true };
      start = at + end.length;
    }
    text = text.slice(start);
  }
  yield { xml: text, isWhole: false };
}

/** A part of the archive as text, unpacked piece by piece; nothing where it has no such part. */
async function* readPart(archive: JSZip, file: string): AsyncGenerator<string> {
  const source = archive.file(file)?.nodeStream('nodebuffer');
  if (source === undefined) return;
  const stream = new PassThrough({ encoding: 'utf8', highWaterMark: 2 ** 20 });
  source.on('error', (error) => stream.destroy(error));
  for await (const chunk of source.pipe(stream)) yield String(chunk);
}

function textsIn(xml: string): string {
  // What tells how a text is pronounced is no part of it.
  const spoken = xml.replace(/<rPh\b[\s\S]*?<\/rPh>/g, '');
  return [...spoken.matchAll(/<t\b[^>]*>([^<]*)<\/t>/g)].map(([, text = '']) => decoded(text)).join('');
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function decoded(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return entities[name] ?? whole;
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });
}
