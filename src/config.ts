/** The config: its type, how it is loaded from its layers, and what is said when it is wrong. */

export { ConfigError, type ConfigProblem } from './config/config-error.js';
export { configFiles } from './config/config-files.js';
export {
  type ConfigSources,
  type LoadedConfig,
  loadConfig,
  optionNames,
  variableOf,
} from './config/load-config.js';
export { type Config, configSchema } from './config/schema.js';
