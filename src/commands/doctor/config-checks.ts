import { type ConfigError, configFiles, type LoadedConfig } from '../../config.js';
import { exitCodes } from '../../user-error.js';
import type { CommandContext } from '../context.js';
import { type Finding, fail, ok, warn } from './finding.js';

/** The config in force: which files, and where each value comes from that is not a default. */
export function checkConfig(
  { config, files, origins, warnings }: LoadedConfig,
  { environment }: CommandContext,
): Finding[] {
  const changed = [...origins].filter(([, origin]) => origin !== 'default');
  const read =
    files.length > 0
      ? files.join(', ')
      : `no file (${configFiles({ environment })
          .map(({ path }) => path)
          .join(', ')})`;
  return [
    ok('files', read),
    ...changed.map(([option, origin]) => ok(option, `${shown(config, option)}, from ${origin}`)),
    ok('defaults', `${origins.size - changed.length} options; tlw config shows all of them`),
    ...warnings.map((warning) =>
      warn('variable', warning, 'tlw config lists the options; a variable is TLW_ and the option’s name'),
    ),
  ];
}

/** What is wrong with the config, a finding for each mistake. */
export function checkBrokenConfig({ problems }: ConfigError): Finding[] {
  return problems.map(({ where, message }) =>
    fail(
      'config',
      `${where}: ${message}`,
      'a watcher that runs keeps its old config; a new one does not start',
      exitCodes.config,
    ),
  );
}

function shown(config: unknown, option: string): string {
  const value = option.split('.').reduce<unknown>((part, key) => Object(part)[key], config);
  return JSON.stringify(value) ?? 'null';
}
