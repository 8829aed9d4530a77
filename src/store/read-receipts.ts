/** Reads tables receipts and findings. */

import type { Finding, Receipt } from '../experiment.js';
import { parseStrings } from './json.js';
import { perStore, type Store } from './store.js';

type ReceiptTuple = [
  experiment: number,
  bytes: number,
  lines: number,
  understood: number,
  ignored: number,
  repaired: number,
  quarantined: number,
  firstIgnored: number | null,
  firstRepaired: number | null,
  firstQuarantined: number | null,
  cutLines: number,
  nulBytes: number,
  badUtf8: number,
  skippedValues: number,
  replacedRows: number,
  lastLineIncomplete: number,
  notes: string,
];

const select = `
  SELECT experiment, bytes, lines, understood, ignored, repaired, quarantined, first_ignored, first_repaired,
    first_quarantined, cut_lines, nul_bytes, bad_utf8, skipped_values, replaced_rows, last_line_incomplete, notes
  FROM receipts`;

const statements = perStore((connection) => ({
  one: connection.prepare<[number], ReceiptTuple>(`${select} WHERE experiment = ?`).raw(),
  all: connection.prepare<[], ReceiptTuple>(select).raw(),
  findings: connection.prepare<[number], Finding>(
    'SELECT offset, rank, what FROM findings WHERE experiment = ? ORDER BY position',
  ),
}));

/** Receipts, their findings left out, by experiment id; of one experiment where `id` is given. */
export function readReceipts(store: Store, id?: number): ReadonlyMap<number, Receipt> {
  const { one, all } = statements(store);
  const rows = id === undefined ? all.all() : one.all(id);
  return new Map(rows.map((row) => [row[0], toReceipt(row)]));
}

/** The places in the log that a receipt names. */
export function readFindings(store: Store, experiment: number): Finding[] {
  return statements(store).findings.all(experiment);
}

function toReceipt(row: ReceiptTuple): Receipt {
  const [, bytes, lines, understood, ignored, repaired, quarantined, firstIgnored, firstRepaired] = row;
  const [, , , , , , , , , firstQuarantined, cutLines, nulBytes, badUtf8, skippedValues, replacedRows] = row;
  const [lastLineIncomplete, notes] = [row[15], row[16]];
  return {
    bytes,
    lines,
    understood,
    ignored,
    repaired,
    quarantined,
    firstIgnored,
    firstRepaired,
    firstQuarantined,
    cutLines,
    nulBytes,
    badUtf8,
    skippedValues,
    replacedRows,
    lastLineIncomplete: lastLineIncomplete === 1,
    findings: [],
    notes: notes === '[]' ? [] : parseStrings(notes),
  };
}
