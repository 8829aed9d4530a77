import { chmodSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { rememberedConfig } from '../src/config/remembered-config.js';
import { ConfigError, type ConfigSources, loadConfig } from '../src/config.js';

function newHome() {
  const home = mkdtempSync(join(tmpdir(), 'tlw-config-'));
  const sources = (more: Partial<ConfigSources> = {}, environment: Record<string, string> = {}): ConfigSources => ({
    environment: { HOME: home, ...environment },
    file: join(home, 'config.yaml'),
    folder: home,
    ...more,
  });
  let loads = 0;
  const load = (from: ConfigSources) =>
    rememberedConfig(from, () => {
      loads += 1;
      return loadConfig(from);
    });
  return { home, sources, load, loads: () => loads, file: join(home, 'config.yaml') };
}

test('a config is loaded once, and remembered as it was', (t) => {
  const { file, sources, load, loads } = newHome();
  writeFileSync(file, 'depth: 2\n');
  const first = load(sources());
  t.deepEqual(load(sources()), first);
  t.deepEqual(first, loadConfig(sources()));
  t.is(loads(), 1);
});

test('whatever could make it another is seen: file, mode, variables, flags, the folder of relative paths', (t) => {
  const { home, file, sources, load, loads } = newHome();
  writeFileSync(file, 'depth: 2\n');
  const depth = (...from: Parameters<typeof sources>) => load(sources(...from)).config.depth;
  t.is(depth(), 2);
  writeFileSync(file, 'depth: 4\n');
  t.is(depth(), 4);
  t.is(depth({}, { TLW_DEPTH: '5' }), 5);
  t.is(depth({ settings: ['depth=6'] }), 6);
  const rootFrom = (folder: string) =>
    load(sources({ folder, flags: [{ path: 'root', value: 'OUTPUTS', where: '--root' }] })).config.root;
  t.is(rootFrom(home), join(home, 'OUTPUTS'));
  t.is(rootFrom('/elsewhere'), '/elsewhere/OUTPUTS');
  t.is(loads(), 6);
  writeFileSync(file, 'stateDir: /state\n');
  load(sources());
  chmodSync(file, 0o666);
  t.throws(() => load(sources()), { instanceOf: ConfigError, message: /others may write/ });
});

test('a mistake is told every time', (t) => {
  const { file, sources, load } = newHome();
  writeFileSync(file, 'dept: 2\n');
  for (let i = 0; i < 2; i += 1) t.throws(() => load(sources()), { instanceOf: ConfigError });
});

test('a memory that is cut short, that others may write, or that cannot be kept is none', (t) => {
  const { home, sources, load, loads, file } = newHome();
  writeFileSync(file, 'depth: 2\n');
  load(sources());
  const folder = join(home, '.cache', 'training-log-wizard');
  const [name = ''] = readdirSync(folder);
  writeFileSync(join(folder, name), '{"config":');
  t.is(load(sources()).config.depth, 2);
  chmodSync(folder, 0o777);
  t.is(load(sources()).config.depth, 2);
  t.is(loads(), 3);
  t.is(load(sources({}, { XDG_CACHE_HOME: '/dev/null' })).config.depth, 2);
  t.is(loads(), 4);
});

test('the oldest memories go', (t) => {
  const { home, file, sources, load } = newHome();
  writeFileSync(file, 'depth: 2\n');
  for (let i = 0; i < 60; i += 1) load(sources({ settings: [`objective.metric=m${i}`] }));
  t.is(readdirSync(join(home, '.cache', 'training-log-wizard')).length, 50);
});
