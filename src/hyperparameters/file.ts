import { constants } from 'node:fs';
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Hyperparameter } from '../experiment.js';
import { readText } from '../read-file.js';

const maxBytes = 1 << 20;
const maxSettings = 1000;
/** An anchor that holds its own alias would nest for ever. */
const maxNameLength = 500;

/** What a settings file of an experiment says; `problem` is one sentence where it could not be read. */
export interface SettingsFile {
  readonly hyperparameters: Hyperparameter[];
  readonly problem: string | null;
}

/** Reads settings from a YAML or JSON file in an experiment's folder, never through a link, which may lead to somebody else's file; a missing file is no problem and has none. */
export function readSettingsFile(path: string): SettingsFile {
  try {
    return parseSettings(readText(path, { mostBytes: maxBytes, flags: constants.O_NOFOLLOW }));
  } catch (error) {
    if (isFileError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return none(null);
    return none(error instanceof Error ? error.message : String(error));
  }
}

/** Settings of YAML or JSON text, nested names joined by dots (`optimizer.lr`), values as written. */
export function parseSettings(text: string): SettingsFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'silent', prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) return none(`line ${lines.linePos(error.pos[0]).line}: ${error.message}`);
  if (document.contents === null) return none(null);
  if (!isMap(document.contents)) return none('expected a mapping of names to values');
  const hyperparameters: Hyperparameter[] = [];
  collect(document.contents, '', (node) => (isAlias(node) ? node.resolve(document) : node), hyperparameters);
  return { hyperparameters, problem: null };
}

function none(problem: string | null): SettingsFile {
  return { hyperparameters: [], problem };
}

function collect(node: unknown, prefix: string, resolve: (node: Node) => unknown, into: Hyperparameter[]): void {
  if (!isMap(node) || prefix.length > maxNameLength) return;
  for (const { key, value } of node.items) {
    if (into.length >= maxSettings) return;
    const name = `${prefix}${scalarText(key)}`;
    const child = isAlias(value) ? resolve(value) : value;
    if (isMap(child)) collect(child, `${name}.`, resolve, into);
    else into.push({ name, values: isSeq(child) ? child.items.map(valueText) : scalarValues(child) });
  }
}

function valueText(item: unknown): string {
  return isScalar(item) ? scalarText(item) : String(item);
}

function scalarValues(node: unknown): string[] {
  return isScalar(node) && node.value !== null ? [scalarText(node)] : [];
}

/** As written (`1e-05`, not 0.00001), but without the quotes of a quoted text. */
function scalarText(node: unknown): string {
  if (!isScalar(node)) return String(node);
  return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
}

function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error;
}
