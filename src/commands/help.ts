import { relative } from 'node:path';
import { escapeText } from '../escape-text.js';
import { libraries } from './libraries.js';

/** The part of a command's help that shows it at work. */
export function examples(...lines: readonly string[]): string {
  return `\n${lines.length === 1 ? 'Example' : 'Examples'}:\n${lines.map((line) => `  $ ${line}\n`).join('')}`;
}

/** The same, and what a command prints on the experiments of `tlw demo`; made when the help is asked for. */
export function examplesWithSession(command: string, ...lines: readonly string[]): () => string {
  return () => {
    const steps = (libraries.sessions().sessions[command] ?? []).flatMap(({ words, output }) => {
      const line = ['tlw', ...words.map((word) => (/[\s<>*]/.test(word) ? `"${word}"` : word))].join(' ');
      return [`$ ${line}`, ...output];
    });
    const printed = steps.map((text) => `  ${text}`.trimEnd()).join('\n');
    const where = command === 'live' ? 'While two experiments run' : 'On the experiments of tlw demo';
    return `${examples(...lines)}\n${where}:\n${printed}\n`;
  };
}

/** A path as a person would type it from `folder`: relative where that is shorter, safe to print. */
export function shownPath(path: string, folder: string): string {
  const fromHere = relative(folder, path);
  return escapeText(fromHere.startsWith('../') || fromHere === '' ? path : fromHere);
}
