import { relative } from 'node:path';
import { escapeText } from '../escape-text.js';

/** The part of a command's help that shows it at work. */
export function examples(...lines: readonly string[]): string {
  return `\n${lines.length === 1 ? 'Example' : 'Examples'}:\n${lines.map((line) => `  $ ${line}\n`).join('')}`;
}

/** A path as a person would type it from `folder`: relative where that is shorter, safe to print. */
export function shownPath(path: string, folder: string): string {
  const fromHere = relative(folder, path);
  return escapeText(fromHere.startsWith('../') || fromHere === '' ? path : fromHere);
}
