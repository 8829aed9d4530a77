import { type Document, LineCounter, parseDocument } from 'yaml';
import { messageOf } from '../errors.js';
import { ConfigError } from './config-error.js';

/** A YAML text that is well formed. */
export interface YamlText {
  readonly document: Document;
  /** What it says, of whatever shape; null where it says nothing. */
  readonly values: unknown;
  /** `FILE:LINE` of a place in the text. */
  readonly lineAt: (offset: number) => string;
}

/** Reads YAML; throws a ConfigError that names the line that is none. */
export function parseYaml(text: string, file: string): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' });
  const lineAt = (offset: number): string => `${file}:${lines.linePos(offset).line}`;
  const [error] = document.errors;
  if (error !== undefined) throw new ConfigError([{ where: lineAt(error.pos[0]), message: error.message }]);
  try {
    return { document, values: document.toJS() ?? null, lineAt };
  } catch (cause) {
    // Aliases that hold one another: a few lines that would fill any memory.
    throw new ConfigError([{ where: file, message: messageOf(cause) }]);
  }
}
