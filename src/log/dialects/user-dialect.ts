import { type Document, isNode } from 'yaml';
import { ConfigError, type ConfigProblem } from '../../config/config-error.js';
import { readConfigText } from '../../config/trust.js';
import { parseYaml } from '../../config/yaml-text.js';
import type { TrainerName } from '../../experiment.js';
import type { Dialect } from '../event.js';
import { createUserReader } from './user-reader.js';
import { userDialectSchema } from './user-schema.js';

/** Reads a dialect from a YAML file that nobody else could have written. Throws a ConfigError with a line for each mistake, also where there is no such file. */
export function readUserDialect(file: string): Dialect {
  const { text, distrust } = readConfigText(file);
  if (distrust !== null) throw new ConfigError([{ where: file, message: `patterns are not taken from ${distrust}` }]);
  return parseUserDialect(text, file);
}

/** The dialect that a YAML text describes; docs/dialects.md explains it. Throws a ConfigError. */
export function parseUserDialect(text: string, file: string): Dialect {
  const { document, values, lineAt } = parseYaml(text, file);
  const result = userDialectSchema.safeParse(values ?? {});
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
