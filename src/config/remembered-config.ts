/**
 * A config that was found good is remembered by all that it was made of, in `$XDG_CACHE_HOME/training-log-wizard`: reading
 * YAML and checking it takes longer than most questions to the data. Deleting the folder costs nothing but that time.
 */

import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { baseFolder } from '../account.js';
import { messageOf } from '../errors.js';
import { packageRoot, program } from '../package.js';
import { readText } from '../read-file.js';
import { configFiles } from './config-files.js';
import type { ConfigSources, LoadedConfig } from './load-config.js';
import { readTrusted } from './trust.js';

/** Configs of so many roots, folders and flags are kept. */
const mostKept = 50;

/** The config of these sources, remembered or else loaded; what `load` throws is thrown and never remembered. */
export function rememberedConfig(sources: ConfigSources, load: () => LoadedConfig): LoadedConfig {
  const { environment } = sources;
  const home = baseFolder(environment, 'XDG_CACHE_HOME');
  const folder = join(home, 'training-log-wizard');
  const file = join(folder, `config-${digestOf(sources)}.json`);
  const remembered = maybeRemembered(folder, file);
  if (remembered) return remembered;
  const loaded = load();
  remember(folder, file, loaded);
  return loaded;
}

/** Whatever could make the same words mean another config. */
function digestOf({ environment, file, flags = [], settings = [], folder }: ConfigSources): string {
  const ours = Object.entries(environment).filter(([name]) => /^(TLW_|HOME$|XDG_CONFIG_HOME$)/.test(name));
  const says = configFiles({ environment, file }).map(({ path }) => [path, ...contentOf(path)]);
  const isSaidHere = flags.length > 0 || settings.length > 0 || ours.some(([name]) => name.startsWith('TLW_'));
  const code = ['schema.js', 'layer.js', 'load-config.js'].map(
    (name) => statSync(new URL(name, import.meta.url)).mtimeMs,
  );
  const parts = [
    ...[program.version, packageRoot, code],
    ...[process.getuid?.(), environment.HOME, ours.sort(), says, flags, settings, isSaidHere && folder],
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}

function contentOf(path: string): unknown[] {
  try {
    const { text, distrust } = readTrusted(path);
    return [distrust, text];
  } catch (error) {
    return [messageOf(error)];
  }
}

/** Only from a folder that nobody else may write. */
function maybeRemembered(folder: string, file: string): LoadedConfig | undefined {
  try {
    const text = readText(file);
    const { mode, uid } = statSync(folder);
    if ((mode & 0o022) !== 0 || uid !== process.getuid?.()) return undefined;
    const { config, origins, files, warnings } = JSON.parse(text);
    return { config, origins: new Map(origins), files, warnings };
  } catch {
    // Not there, or cut short: it is made anew.
    return undefined;
  }
}

function remember(folder: string, file: string, { config, origins, files, warnings }: LoadedConfig): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch {
    // No home to write to: the next command loads it again.
    return;
  }
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    forgetOldest(folder);
    const text = JSON.stringify({ config, origins: [...origins], files, warnings });
    writeFileSync(temporary, text, { flag: 'wx', mode: 0o600 });
    renameSync(temporary, file);
  } catch {
    // A full disk, or another command that tidies up at the same time.
    rmSync(temporary, { force: true });
  }
}

function forgetOldest(folder: string): void {
  const kept = readdirSync(folder)
    .filter((name) => name.startsWith('config-'))
    .map((name) => ({ path: join(folder, name), mtimeMs: statSync(join(folder, name)).mtimeMs }))
    .sort((a, b) => b.mtimeMs - a.mtimeMs);
  for (const { path } of kept.slice(mostKept - 1)) rmSync(path, { force: true });
}
