import { dirname, resolve } from 'node:path';
import { type Document, isCollection, isMap, isNode, isPair } from 'yaml';
import { homeFolder } from '../account.js';
import { ConfigError, type ConfigProblem } from './config-error.js';
import { configSchema, pathOptions } from './schema.js';
import { parseYaml } from './yaml-text.js';

/** One place that options come from: values nested as in the file, and where each stands. */
export interface Layer {
  readonly values: Readonly<Record<string, unknown>>;
  /** Where an option of this layer was set, for people: `FILE:LINE`, `environment TLW_DEPTH`. */
  where(path: readonly PropertyKey[]): string;
}

/** The options of a YAML text; throws a ConfigError that names the lines that are no YAML. */
export function parseLayer(text: string, file: string): Layer {
  const { document, values: said, lineAt } = parseYaml(text, file);
  const values = said ?? {};
  if (!isRecord(values)) {
    throw new ConfigError([{ where: lineAt(0), message: `expected options and values, got ${shown(values)}` }]);
  }
  return { values: resolvePaths(values, dirname(file)), where: (path) => lineAt(offsetOf(document, path)) };
}

/** A layer of single options, as the environment and the command line give them. */
export function singleOptions(
  options: Iterable<{ path: string; value: unknown; where: string }>,
  folder: string,
): Layer {
  const values: Record<string, unknown> = Object.create(null);
  const origins = new Map<string, string>();
  for (const { path, value, where } of options) {
    setAt(values, path.split('.'), value);
    origins.set(path, where);
  }
  return {
    values: resolvePaths(values, folder),
    where: (path) => {
      for (let length = path.length; length > 0; length--) {
        const where = origins.get(path.slice(0, length).join('.'));
        if (where !== undefined) return where;
      }
      return [...origins].find(([option]) => option.startsWith(`${path.join('.')}.`))?.[1] ?? 'options';
    },
  };
}

/** What is wrong with a layer, by the schema; empty where all is well. */
export function problemsOf(layer: Layer, suggest: (path: readonly string[], key: string) => string): ConfigProblem[] {
  const result = configSchema.safeParse(layer.values);
  if (result.success) return [];
  const problems = result.error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        where: layer.where([...issue.path, key]),
        message: `there is no option "${[...issue.path, key].join('.')}"${suggest(issue.path.map(String), key)}`,
      }));
    }
    const option = issue.path
      .map(String)
      .join('.')
      .replace(/\.(\d+)/g, '[$1]');
    const got = shown(valueAt(layer.values, issue.path));
    return [{ where: layer.where(issue.path), message: `${option}: ${issue.message}, got ${got}` }];
  });
  return problems.sort((a, b) => a.where.localeCompare(b.where, 'en', { numeric: true }));
}

/** Whether a value is a mapping, and not a list or a date. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path of keys; undefined where there is none. */
export function valueAt(values: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => {
    if (Array.isArray(value)) return value[Number(key)];
    return isRecord(value) && Object.hasOwn(value, key) ? value[String(key)] : undefined;
  }, values);
}

function setAt(values: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path;
  if (rest.length === 0) {
    values[key] = value;
    return;
  }
  const child = values[key];
  const group: Record<string, unknown> = isRecord(child) ? child : Object.create(null);
  values[key] = group;
  setAt(group, rest, value);
}

/** Paths are meant relative to the file that says them; `~/` is the home folder. */
function resolvePaths(values: Record<string, unknown>, folder: string): Record<string, unknown> {
  for (const option of pathOptions) {
    const path = option.split('.');
    const value = valueAt(values, path);
    if (typeof value === 'string' && value !== '') setAt(values, path, resolvePath(value, folder));
    if (Array.isArray(value)) {
      const paths = value.map((item: unknown) => (typeof item === 'string' ? resolvePath(item, folder) : item));
      setAt(values, path, paths);
    }
  }
  return values;
}

function resolvePath(path: string, folder: string): string {
  return resolve(
    folder,
    path.replace(/^~(?=\/|$)/, () => homeFolder(process.env)),
  );
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}

/** Offset of the key of an option, or of the nearest thing around it. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const key of path) {
    if (!isCollection(node)) break;
    const item: unknown = isMap(node)
      ? node.items.find((pair) => isNode(pair.key) && String(pair.key) === String(key))
      : node.items[Number(key)];
    const place = isPair(item) ? item.key : item;
    if (!isNode(place)) break;
    offset = place.range?.[0] ?? offset;
    node = isPair(item) ? item.value : item;
  }
  return offset;
}
