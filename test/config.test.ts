import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { parse } from 'yaml';
import {
  ConfigError,
  type ConfigSources,
  configFiles,
  configSchema,
  loadConfig,
  optionNames,
  variableOf,
} from '../src/config.js';

const defaultYaml = new URL('../../config/default.yaml', import.meta.url);

function temporaryFolder(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'tlw-config-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}

function load(sources: Partial<ConfigSources>) {
  return loadConfig({ environment: { HOME: '/nowhere' }, folder: '/home/user', ...sources });
}

/** The message of the ConfigError, with the folder left out. */
function complaint(t: ExecutionContext, sources: Partial<ConfigSources>, folder = '/nowhere'): string {
  const error = t.throws(() => load(sources), { instanceOf: ConfigError });
  return error.message.replaceAll(`${folder}/`, '');
}

test('config/default.yaml documents every option with its default, in the same order', (t) => {
  const documented: unknown = parse(readFileSync(defaultYaml, 'utf8'));
  t.is(JSON.stringify(documented), JSON.stringify(configSchema.parse({})));
});

test('each option of config/default.yaml has a comment', (t) => {
  const lines = readFileSync(defaultYaml, 'utf8').split('\n');
  for (const option of optionNames) {
    const key = option.split('.').at(-1) ?? '';
    const indent = '  '.repeat(option.split('.').length - 1);
    const at = lines.findIndex((line) => line.startsWith(`${indent}${key}:`));
    t.regex(lines[at - 1] ?? '', /^ *#/, option);
  }
});

test('later layers win, and each value knows where it comes from', (t) => {
  const folder = temporaryFolder(t);
  const user = join(folder, 'training-log-wizard');
  mkdirSync(user);
  writeFileSync(
    join(user, 'config.yaml'),
    'depth: 4\nlog:\n  level: warn\nhyperparameters:\n  names: {wd: weight decay}\n',
  );
  const named = join(folder, 'named.yaml');
  writeFileSync(named, '\noutputs:\n  dir: out\n  csv: false\ndepth: 5\n');
  const { config, origins, files } = load({
    environment: { XDG_CONFIG_HOME: folder, TLW_DEPTH: '6', TLW_OUTPUTS_CSV: 'true' },
    file: named,
    settings: ['depth=7'],
    flags: [{ path: 'root', value: 'experiments', where: '--root' }],
  });
  t.is(config.depth, 7);
  t.is(config.log.level, 'warn');
  t.is(config.outputs.dir, join(folder, 'out'));
  t.true(config.outputs.csv);
  t.is(config.root, '/home/user/experiments');
  t.is(config.hyperparameters.names.wd, 'weight decay');
  t.is(config.hyperparameters.names.lr, 'learning rate');
  t.is(origins.get('depth'), '--set depth');
  t.is(origins.get('log.level'), `${join(user, 'config.yaml')}:3`);
  t.is(origins.get('outputs.dir'), `${named}:3`);
  t.is(origins.get('outputs.csv'), 'environment TLW_OUTPUTS_CSV');
  t.is(origins.get('root'), '--root');
  t.is(origins.get('logPatterns'), 'default');
  t.is(origins.get('hyperparameters.names.wd'), `${join(user, 'config.yaml')}:5`);
  t.deepEqual(files, [join(user, 'config.yaml'), named]);
});

test('the files of all users are weaker than those of one, and these than the named one', (t) => {
  const [etc, user] = ['/etc/training-log-wizard/config.yaml', '/home/ada/.config/training-log-wizard/config.yaml'];
  const pathsOf = (...from: Parameters<typeof configFiles>) => configFiles(...from).map(({ path }) => path);
  const environment = { HOME: '/home/ada', TLW_CONFIG: '/of/the/variable.yaml' };
  t.deepEqual(pathsOf({ environment }), [etc, user, '/of/the/variable.yaml']);
  t.deepEqual(pathsOf({ environment, file: '/of/the/flag.yaml' }), [etc, user, '/of/the/flag.yaml']);
});

const environments: [
  variable: string,
  text: string,
  option: (config: ReturnType<typeof load>['config']) => unknown,
  value: unknown,
][] = [
  ['TLW_DEPTH', '2', (config) => config.depth, 2],
  ['TLW_LOG_PATTERNS', '*.out', (config) => config.logPatterns, ['*.out']],
  ['TLW_LOG_PATTERNS', '["*.out", "*.log"]', (config) => config.logPatterns, ['*.out', '*.log']],
  ['TLW_OBJECTIVE_METRIC', '5', (config) => config.objective.metric, '5'],
  ['TLW_OUTPUTS_DIR', '~/out', (config) => config.outputs.dir, join(homedir(), 'out')],
  ['TLW_NODES', 'null', (config) => config.nodes, null],
];

for (const [variable, text, option, value] of environments) {
  test(`environment ${variable}=${text}`, (t) => {
    t.deepEqual(option(load({ environment: { HOME: '/nowhere', [variable]: text } }).config), value);
  });
}

test('each option has a variable of its own', (t) => {
  t.is(new Set(optionNames.map(variableOf)).size, optionNames.length);
  t.is(variableOf('finished.quietSeconds'), 'TLW_FINISHED_QUIET_SECONDS');
});

test('an unknown variable is passed over with a warning', (t) => {
  const { warnings } = load({ environment: { HOME: '/nowhere', TLW_DEPHT: '3', TLW_BELL: '/bell' } });
  t.deepEqual(warnings, ['environment TLW_DEPHT: there is no such option']);
});

const wrong: [title: string, yaml: string, expected: string][] = [
  ['a misspelt option', '# note\n\ndepht: 3', 'config.yaml:3: there is no option "depht"; did you mean "depth"?'],
  [
    'another spelling',
    'log_patterns: []',
    'config.yaml:1: there is no option "log_patterns"; did you mean "logPatterns"?',
  ],
  [
    'an option in the wrong place',
    'patterns: []',
    'config.yaml:1: there is no option "patterns"; did you mean "hyperparameters.patterns"?',
  ],
  ['an option unlike any', 'zebra: 1', 'config.yaml:1: there is no option "zebra"'],
  ['a nested one', 'log:\n  levle: info', 'config.yaml:2: there is no option "log.levle"; did you mean "log.level"?'],
  ['a wrong type', 'depth: three', 'config.yaml:1: depth: expected a whole number from 1 to 10, got "three"'],
  ['out of range', 'depth: 0', 'config.yaml:1: depth: expected a whole number from 1 to 10, got 0'],
  [
    'no mapping',
    'a: 1\nlog: 7',
    'config.yaml:1: there is no option "a"\nconfig.yaml:2: log: expected a mapping of options to values, got 7',
  ],
  [
    'an unknown word',
    'log:\n  level: loud',
    'config.yaml:2: log.level: expected one of error, warn, info, debug, got "loud"',
  ],
  ['an empty list', 'logPatterns: []', 'config.yaml:1: logPatterns: expected at least one pattern, got []'],
  [
    'an entry of a list',
    'logPatterns:\n  - "*.log"\n  - 3',
    'config.yaml:3: logPatterns[1]: expected a pattern such as "*.log", got 3',
  ],
  [
    'a pattern that is none',
    'hyperparameters:\n  patterns: ["{a}{b}"]',
    'config.yaml:2: hyperparameters.patterns[0]: expected a separator between "}" and the next "{", got "{a}{b}"',
  ],
  [
    'a file outside the experiment',
    'hyperparameters: {file: ../secret.yaml}',
    'config.yaml:1: hyperparameters.file: expected a file name within the experiment, such as "config.yaml", got "../secret.yaml"',
  ],
  ['no options at all', 'hello', 'config.yaml:1: expected options and values, got "hello"'],
  ['the same key twice', 'depth: 1\ndepth: 2', 'config.yaml:2: Map keys must be unique'],
  [
    'text that is no YAML',
    'depth: 1\nroot: [',
    'config.yaml:2: Flow sequence in block collection must be sufficiently indented and end with a ]',
  ],
];

for (const [title, yaml, expected] of wrong) {
  test(`wrong: ${title}`, (t) => {
    const folder = temporaryFolder(t);
    const file = join(folder, 'config.yaml');
    writeFileSync(file, yaml);
    const message = complaint(t, { file }, folder);
    t.is(message, expected);
  });
}

test('wrong: a file that is not there', (t) => {
  t.is(complaint(t, { file: '/nowhere/c.yaml' }), 'c.yaml: there is no such file');
});

test('wrong: environment and flags', (t) => {
  t.is(
    complaint(t, { environment: { HOME: '/nowhere', TLW_DEPTH: 'x' }, settings: ['log.level=loud'] }),
    'environment TLW_DEPTH: depth: expected a whole number from 1 to 10, got "x"\n' +
      '--set log.level: log.level: expected one of error, warn, info, debug, got "loud"',
  );
  t.is(complaint(t, { settings: ['depth'] }), '--set: expected OPTION=VALUE, got "depth"');
});

test('SEC13: a file that others may write decides nothing about paths, patterns and commands', (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'c.yaml');
  writeFileSync(file, 'depth: 2\nstateDir: /tmp\nnotify:\n  command: [x]\n');
  chmodSync(file, 0o664);
  t.is(
    complaint(t, { file }, folder),
    'c.yaml:2: stateDir is not taken from a file that others may write; chmod go-w c.yaml\n' +
      'c.yaml:4: notify.command is not taken from a file that others may write; chmod go-w c.yaml',
  );
  chmodSync(file, 0o644);
  t.is(load({ file }).config.stateDir, '/tmp');
});

test('SEC13: nor does one that others may replace: by its folder, or by the folder of a link to it or of what it leads to', (t) => {
  const folder = temporaryFolder(t);
  const [own, open] = [join(folder, 'own'), join(folder, 'open')];
  for (const each of [own, open]) mkdirSync(each);
  chmodSync(open, 0o777);
  for (const each of [own, open]) writeFileSync(join(each, 'c.yaml'), 'depth: 2\nnotify:\n  command: [x]\n');
  symlinkSync(join(open, 'c.yaml'), join(own, 'out.yaml'));
  symlinkSync(join(own, 'c.yaml'), join(open, 'in.yaml'));
  for (const file of [join(open, 'c.yaml'), join(own, 'out.yaml'), join(open, 'in.yaml')]) {
    const message = complaint(t, { file }, folder);
    t.regex(
      message,
      /yaml:3: notify\.command is not taken from a folder in which everybody may put another file; chmod o-w/,
    );
  }
  // What may be replaced, and only decides how deep to look, does no harm; and in a sticky folder nobody replaces it.
  writeFileSync(join(open, 'd.yaml'), 'depth: 3\n');
  t.is(load({ file: join(open, 'd.yaml') }).config.depth, 3);
  chmodSync(open, 0o1777);
  t.deepEqual(load({ file: join(open, 'in.yaml') }).config.notify.command, ['x']);
});

const canChown = process.getuid?.() === 0;
const testAsRoot = canChown ? test : test.skip;
if (!canChown) process.stderr.write('skipped: configs of another user need root, to give them away\n');

testAsRoot('SEC13: nor does a file of another user, or a link that another made', (t) => {
  const folder = temporaryFolder(t);
  const [file, link] = [join(folder, 'c.yaml'), join(folder, 'l.yaml')];
  writeFileSync(file, 'stateDir: /tmp\n');
  symlinkSync(file, link);
  lchownSync(link, 1234, 1234);
  t.is(complaint(t, { file: link }, folder), 'l.yaml:1: stateDir is not taken from a link of another user');
  chownSync(file, 1234, 1234);
  t.is(complaint(t, { file }, folder), 'c.yaml:1: stateDir is not taken from a file of another user');
});
