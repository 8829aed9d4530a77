import { join } from 'node:path';
import { baseFolder } from '../account.js';
import type { ConfigSources } from './load-config.js';

/** The files a config may stand in, the weakest first. */
export function configFiles({
  environment,
  file,
}: Pick<ConfigSources, 'environment' | 'file'>): { path: string; isOptional: boolean }[] {
  const home = baseFolder(environment, 'XDG_CONFIG_HOME');
  const named = file ?? environment.TLW_CONFIG;
  return [
    { path: '/etc/training-log-wizard/config.yaml', isOptional: true },
    { path: join(home, 'training-log-wizard', 'config.yaml'), isOptional: true },
    ...(named === undefined ? [] : [{ path: named, isOptional: false }]),
  ];
}
