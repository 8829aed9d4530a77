import { parse } from 'yaml';
import { ConfigError, type ConfigProblem } from './config-error.js';
import { configFiles } from './config-files.js';
import { isRecord, type Layer, parseLayer, problemsOf, singleOptions, valueAt } from './layer.js';
import { type Config, configSchema, openOptions, pathOptions } from './schema.js';
import { suggestOption } from './suggest.js';
import { maybeConfigText, readConfigText } from './trust.js';

/** The config in force, and where each of its values comes from. */
export interface LoadedConfig {
  readonly config: Config;
  /** Option → `default`, `FILE:LINE`, `environment TLW_DEPTH` or a flag. */
  readonly origins: ReadonlyMap<string, string>;
  /** The files that were read, the strongest last. */
  readonly files: readonly string[];
  /** Sentences about what was passed over, such as an unknown TLW_ variable. */
  readonly warnings: readonly string[];
}

/** What the config is made of besides its files. */
export interface ConfigSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `--config FILE`. */
  readonly file?: string | undefined;
  /** Options of the command line: each with the flag that set it, for people. */
  readonly flags?: readonly { readonly path: string; readonly value: unknown; readonly where: string }[];
  /** `--set depth=4`: option and text. */
  readonly settings?: readonly string[];
  readonly folder: string;
}

/** Variables that other parts of the program read, and that are no options. */
const otherVariables = new Set(['TLW_BELL', 'TLW_CONFIG']);

/** Every option in the order in which config/default.yaml lists them, e.g. `outputs.dir`. */
export const optionNames: readonly string[] = leavesOf(configSchema.parse({})).map((path) => path.join('.'));

/**
 * The config: defaults < /etc < the user's file < `--config` < environment < flags.
 * Throws a ConfigError with a line for each thing that is wrong.
 */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const warnings: string[] = [];
  const files: string[] = [];
  const layers: Layer[] = [];
  const shared: ConfigProblem[] = [];
  for (const { path, isOptional } of configFiles(sources)) {
    const file = (isOptional ? maybeConfigText : readConfigText)(path);
    if (file === undefined) continue;
    files.push(path);
    const layer = parseLayer(file.text, path);
    layers.push(layer);
    shared.push(...guardedBy(file.distrust, layer));
  }
  layers.push(environmentLayer(sources, warnings));
  layers.push(singleOptions([...flagOptions(sources)], sources.folder));

  const problems = shared.concat(
    layers.flatMap((layer) => problemsOf(layer, (path, key) => suggestOption(optionNames, path, key))),
  );
  if (problems.length > 0) throw new ConfigError(problems);
  const config = configSchema.parse(layers.reduce((merged, layer) => merge(merged, layer.values), defaultNames()));
  return { config, origins: originsOf(config, layers), files, warnings };
}

/** Name of the variable that sets an option: `outputs.dir` → `TLW_OUTPUTS_DIR`. */
export function variableOf(option: string): string {
  return `TLW_${option.replace(/[A-Z]/g, '_$&').replaceAll('.', '_').toUpperCase()}`;
}

/** Options that decide what is read, written or run. */
const guarded = [
  ...pathOptions,
  'logPatterns',
  'hyperparameters.patterns',
  'hyperparameters.file',
  'rankPrefix',
  'dialects',
  'notify.command',
];

/** What a file says that others could have written into it. */
function guardedBy(distrust: string | null, layer: Layer): ConfigProblem[] {
  if (distrust === null) return [];
  return guarded
    .filter((option) => valueAt(layer.values, option.split('.')) !== undefined)
    .map((option) => ({ where: layer.where(option.split('.')), message: `${option} is not taken from ${distrust}` }));
}

function environmentLayer({ environment, folder }: ConfigSources, warnings: string[]): Layer {
  const byVariable = new Map(optionNames.map((option) => [variableOf(option), option]));
  const options: { path: string; value: unknown; where: string }[] = [];
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith('TLW_') || otherVariables.has(variable) || text === undefined) continue;
    const path = byVariable.get(variable);
    if (path === undefined) warnings.push(`environment ${variable}: there is no such option`);
    else options.push({ path, value: valueOfText(path, text), where: `environment ${variable}` });
  }
  return singleOptions(options, folder);
}

function* flagOptions({
  flags = [],
  settings = [],
}: ConfigSources): Iterable<{ path: string; value: unknown; where: string }> {
  for (const setting of settings) {
    const at = setting.indexOf('=');
    if (at < 1) {
      throw new ConfigError([{ where: '--set', message: `expected OPTION=VALUE, got "${setting}"` }]);
    }
    const path = setting.slice(0, at);
    yield { path, value: valueOfText(path, setting.slice(at + 1)), where: `--set ${path}` };
  }
  yield* flags;
}

/** Text as YAML where the option takes that, else as it stands: `5` may be a number or a name. */
function valueOfText(option: string, text: string): unknown {
  const candidates: unknown[] = [];
  try {
    candidates.push(parse(text, { logLevel: 'silent' }));
  } catch {
    // Text that is no YAML, such as `*.log`, can only be meant as it stands.
  }
  candidates.push(text, [text]);
  const fits = (value: unknown) => {
    const layer = singleOptions([{ path: option, value: structuredClone(value), where: '' }], '/');
    return problemsOf(layer, () => '').length === 0;
  };
  return candidates.find(fits) ?? candidates[0];
}

/** Entries of an open mapping are added to the defaults, so these must be there before the layers. */
function defaultNames(): Record<string, unknown> {
  const { hyperparameters } = configSchema.parse({});
  return { hyperparameters: { names: hyperparameters.names } };
}

function merge(
  base: Readonly<Record<string, unknown>>,
  over: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isRecord(value) && isRecord(below) ? merge(below, value) : value;
  }
  return merged;
}

function originsOf(config: Config, layers: readonly Layer[]): Map<string, string> {
  const origins = new Map<string, string>();
  for (const path of leavesOf(config)) {
    const entries = openOptions.includes(path.join('.'))
      ? Object.keys(valueAt(config, path) ?? {}).map((name) => [...path, name])
      : [path];
    for (const entry of entries) {
      const layer = layers.findLast(({ values }) => valueAt(values, entry) !== undefined);
      origins.set(entry.join('.'), layer?.where(entry) ?? 'default');
    }
  }
  return origins;
}

function leavesOf(values: unknown, path: readonly string[] = []): string[][] {
  if (!isRecord(values) || openOptions.includes(path.join('.'))) return [[...path]];
  return Object.entries(values).flatMap(([key, value]) => leavesOf(value, [...path, key]));
}
