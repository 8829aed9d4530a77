/** Compiled modules as one script, so that a page needs no other file; and chart.js, as it is published. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

/** chart.js for a page's own script: it defines `Chart`. */
export function readChartLibrary(): string {
  const folder = dirname(createRequire(import.meta.url).resolve('chart.js'));
  return safe(readFileSync(join(folder, 'chart.umd.min.js'), 'utf8').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'));
}

/**
 * The module at `path` and all that it imports, each in a function of its own, in the order in which they are needed. It
 * reads what the compiler writes: one import a line, `export` only in front of declarations.
 */
export function inlineModules(path: string): string {
  const names = new Map<string, string>();
  const parts: string[] = [];
  const add = (file: string, importing: readonly string[]): string => {
    const known = names.get(file);
    if (known !== undefined) return known;
    if (importing.includes(file)) throw new Error(`${file} imports itself, by way of ${importing.join(', ')}`);
    const { text, exported } = translate(readFileSync(file, 'utf8'), (from) =>
      add(resolve(dirname(file), from), [...importing, file]),
    );
    const name = `module${names.size}`;
    names.set(file, name);
    parts.push(`const ${name} = (() => {\n${text}\nreturn { ${exported.join(', ')} };\n})();`);
    return name;
  };
  add(resolve(path), []);
  return safe(`'use strict';\n(() => {\n${parts.join('\n')}\n})();\n`);
}

function translate(source: string, nameOf: (from: string) => string): { text: string; exported: string[] } {
  const exported: string[] = [];
  const lines = source.split('\n').flatMap((line) => {
    const imported = /^import \{(.*)\} from '(\..*)';$/.exec(line);
    if (imported) return [`const {${imported[1]?.replace(/ as /g, ': ')}} = ${nameOf(imported[2] ?? '')};`];
    const declared = /^export ((?:async )?(?:function\*?|const|class) (\w+).*)$/.exec(line);
    if (declared) exported.push(declared[2] ?? '');
    if (/^export \{\};$|^\s*\/\*\*.*\*\/$/.test(line)) return [];
    return [declared?.[1] ?? line];
  });
  const left = lines.find((line) => /^(?:import|export)\b/.test(line));
  if (left !== undefined) throw new Error(`cannot be put into a page: ${left}`);
  return { text: lines.join('\n').trim(), exported };
}

/** A script ends at the first `</script`, wherever it stands. */
function safe(script: string): string {
  return script.replace(/<(?=\/script|!--)/gi, '\\x3C');
}
