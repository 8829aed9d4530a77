/** The cells of tables as programs print them: between bars, tabs or commas, or in columns of blanks. Pure. */
import { maybeNumber } from '../numbers.js';
import { isSurelyMetric } from './figure-list.js';
import type { Pair } from './figures.js';

export interface TableHeader {
  readonly style: Style;
  readonly names: readonly string[];
  /** Where each name stands in the line, for tables of blanks. */
  readonly spans: readonly Span[];
}

export interface TableRow {
  readonly epoch: string;
  /** The other cells that hold a number, by the name of their column. */
  readonly pairs: readonly Pair[];
}

type Style = 'bars' | 'tabs' | 'commas' | 'blanks';

interface Span {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** A header with a column `epoch` and one that is surely a metric; undefined for any other line. */
export function maybeHeader(text: string): TableHeader | undefined {
  if (!/\bepoch\b/i.test(text)) return undefined;
  const style = styleOf(text);
  const spans = cellsOf(text, style);
  const names = spans.map((span) => span.text.replaceAll(/\s+/g, '_'));
  const isHeader =
    names.length >= 2 &&
    names.every((name) => /^[A-Za-z][\w@/.()%:-]*$/.test(name)) &&
    new Set(names).size === names.length &&
    names.some((name) => /^epochs?$/i.test(name)) &&
    names.some(isSurelyMetric);
  return isHeader ? { style, names, spans } : undefined;
}

/** The cells of a row below a header; undefined where they do not fit it. */
export function maybeRow(text: string, { style, names, spans }: TableHeader): TableRow | undefined {
  if (style !== 'blanks' && styleOf(text) !== style) return undefined;
  const cells = cellsOf(text, style === 'blanks' ? 'words' : style);
  const places = cells.length === names.length ? cells.map((_, i) => i) : placesOf(cells, spans);
  if (places === undefined || cells.length < 2) return undefined;
  let epoch: string | undefined;
  const pairs: Pair[] = [];
  for (const [i, cell] of cells.entries()) {
    const name = names[places[i] ?? -1];
    if (name === undefined) return undefined;
    if (/^epochs?$/i.test(name)) epoch = cell.text;
    else if (maybeNumber(cell.text) !== undefined) pairs.push([name, cell.text]);
    // `0:12`, `1.2G`, `+`; a word in a metric's column is no row.
    else if (isSurelyMetric(name) && !/^(?:-+|none|n\/a|)$/i.test(cell.text)) return undefined;
  }
  return epoch === undefined || !pairs.some(([name]) => isSurelyMetric(name)) ? undefined : { epoch, pairs };
}

function styleOf(text: string): Style {
  if (/[|│┃║]/.test(text)) return 'bars';
  if (text.trim().includes('\t')) return 'tabs';
  return /^[^\s,]+(?:, ?[^\s,]*)+$/.test(text.trim()) ? 'commas' : 'blanks';
}

function cellsOf(text: string, style: Style | 'words'): Span[] {
  const between = { bars: /[^|│┃║]+/g, tabs: /[^\t]+/g, commas: /[^,]+/g, blanks: /\S+(?: \S+)*/g, words: /\S+/g }[
    style
  ];
  const cells = [...text.matchAll(between)].map((cell) => ({
    text: cell[0].trim(),
    from: cell.index,
    to: cell.index + cell[0].length,
  }));
  const isFramed = style === 'bars';
  // The frame's own margins are no cells.
  return isFramed ? cells.filter((cell, i) => cell.text !== '' || (i > 0 && i < cells.length - 1)) : cells;
}

/** The column that each cell stands in, where it stands in one alone and no two stand in the same. */
function placesOf(cells: readonly Span[], spans: readonly Span[]): number[] | undefined {
  const places = cells.map((cell) => {
    const under = spans.flatMap((span, i) => (cell.from < span.to && span.from < cell.to ? [i] : []));
    return under.length === 1 ? (under[0] ?? -1) : -1;
  });
  return places.includes(-1) || new Set(places).size < places.length ? undefined : places;
}
