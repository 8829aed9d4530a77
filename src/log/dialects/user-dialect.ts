import { readFileSync } from 'node:fs';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { ConfigError, type ConfigProblem } from '../../config/config-error.js';
import type { TrainerName } from '../../experiment.js';
import type { Dialect } from '../event.js';
import { createUserReader } from './user-reader.js';
import { userDialectSchema } from './user-schema.js';

/** Reads a dialect from a YAML file. Throws a ConfigError with a line for each mistake, also where there is no such file. */
export function readUserDialect(file: string): Dialect {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new ConfigError([
      { where: file, message: code === 'ENOENT' ? 'there is no such file' : `cannot be read (${code})` },
    ]);
  }
  return parseUserDialect(text, file);
}

/** The dialect that a YAML text describes; docs/dialects.md explains it. Throws a ConfigError. */
export function parseUserDialect(text: string, file: string): Dialect {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' });
  const lineAt = (offset: number): string => `${file}:${lines.linePos(offset).line}`;
  const [broken] = document.errors;
  if (broken) throw new ConfigError([{ where: lineAt(broken.pos[0]), message: broken.message }]);
  const result = userDialectSchema.safeParse(document.toJS() ?? {});
  if (!result.success) {
    const problems = result.error.issues.map((issue): ConfigProblem => {
      const where = lineAt(offsetOf(document, issue.path));
      const option = issue.path
        .map(String)
        .join('.')
        .replace(/\.(\d+)/g, '[$1]');
      const message =
        issue.code === 'unrecognized_keys' ? `there is no option ${issue.keys.join(', ')} here` : issue.message;
      return { where, message: option === '' ? message : `${option}: ${message}` };
    });
    throw new ConfigError(problems);
  }
  const spec = result.data;
  return {
    name: trainerOf(spec.name),
    signatures: spec.signatures.map(({ text: hint, weight }) => ({
      pattern: new RegExp(hint.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'g'),
      hint,
      weight,
    })),
    updates: 'last',
    reader: () => createUserReader(spec),
  };
}

const shipped: ReadonlyMap<string, TrainerName> = new Map([
  ['deepspeed', 'deepspeed'],
  ['megatron', 'megatron'],
  ['mlperf', 'mlperf'],
  ['xgboost', 'xgboost'],
  ['lightgbm', 'lightgbm'],
  ['tensorflow', 'tensorflow'],
  ['detectron2', 'detectron2'],
  ['nanogpt', 'nanogpt'],
  ['espnet', 'espnet'],
  ['catalyst', 'catalyst'],
  ['ultralytics', 'ultralytics'],
]);

function trainerOf(name: string): TrainerName {
  return shipped.get(name) ?? 'custom';
}

/** Where the thing at a path stands, or the nearest thing around it. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
