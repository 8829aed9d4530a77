import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { parseSettings, readSettingsFile } from '../src/hyperparameters/file.js';
import { parsePattern } from '../src/hyperparameters/pattern.js';
import { mergeHyperparameters, parseHyperparameters, parseNodes } from '../src/hyperparameters.js';

const defaults = ['key=value,key=value', 'key_value_value-key_value'];
const known = new Set(['lr', 'bs', 'np', 'batch_size', 'seed']);

/** `name=a|b` for each setting, joined by spaces. */
function read(name: string, patterns: readonly string[] = defaults): string {
  return parseHyperparameters(name, patterns, known)
    .map(({ name, values }) => `${name}=${values.join('|')}`)
    .join(' ');
}

const names: [title: string, name: string, expected: string, patterns?: string[]][] = [
  [
    'the ten keys of a sweep',
    'ppn_1-cps_24-intra_24-inter_2-bt_60-img_6982-lr_0.01-mom_0.9-bs_64-dpout_0.5_0.25',
    'ppn=1 cps=24 intra=24 inter=2 bt=60 img=6982 lr=0.01 mom=0.9 bs=64 dpout=0.5|0.25',
  ],
  ['an exponent with a minus', 'ppn_2-lr_1e-05-mom_0.9', 'ppn=2 lr=1e-05 mom=0.9'],
  ['an exponent at the end', 'ppn_2-lr_1E-5', 'ppn=2 lr=1E-5'],
  ['an exponent within a list', 'ppn_2-lr_1e-05_2e-06-bs_8', 'ppn=2 lr=1e-05|2e-06 bs=8'],
  ['negative values', 'a_-0.5-b_-1e-3_-2-c_3', 'a=-0.5 b=-1e-3|-2 c=3'],
  ['a name without a value', 'ppn_1-amp-lr_0.1', 'ppn=1 amp= lr=0.1'],
  ['a date as value', 'lr_0.1-day_2024-01-02-bs_4', 'lr=0.1 day=2024-01-02 bs=4'],
  ['a value that is a word', 'opt_adam-lr_0.1', 'opt=adam lr=0.1'],
  ['a known name that holds the separator', 'batch_size_64-lr_0.1', 'batch_size=64 lr=0.1'],
  ['one setting alone', 'lr_1e-05', 'lr=1e-05'],
  ['one known setting with a whole number', 'seed_3', 'seed=3'],
  ['one unknown setting with a fraction', 'alpha_0.25', 'alpha=0.25'],
  ['a leading date', '2024-01-02-lr_0.1-bs_8', 'lr=0.1 bs=8'],
  ['the same key twice', 'lr_0.1-lr_0.2', 'lr=0.1|0.2'],
  ['key=value', 'lr=0.3,bs=32,np=2,bar=tqdm', 'lr=0.3 bs=32 np=2 bar=tqdm'],
  ['a list in brackets', 'lr=0.1,layers=[1,2,-3],act=relu', 'lr=0.1 layers=1|2|-3 act=relu'],
  ['a list in bare commas', 'betas=0.9,0.999,lr=0.1', 'betas=0.9|0.999 lr=0.1'],
  ["a model's name before the first key", 'bert_tiny_np=2,lr=0.003,bs=16', 'np=2 lr=0.003 bs=16'],
  ['a first key that holds an underscore', 'weight_decay=0.1,lr=1e-3', 'weight_decay=0.1 lr=1e-3'],
  ['a first key that is known and holds an underscore', 'batch_size=8,lr=1e-3', 'batch_size=8 lr=1e-3'],
  ['a first key with a qualifier', 'base_lr=8,lr=1e-3', 'base_lr=8 lr=1e-3'],
  ["a model's name as a part of its own", 'resnet50,lr=0.1', 'resnet50= lr=0.1'],
  ['an empty value', 'lr=,bs=3', 'lr= bs=3'],
  ['a name that is no settings', 'mnist_redirects_run7', ''],
  ['a name of words', 'lightning_mlp_rich', ''],
  ['one unknown word and a number', 'experiment_12', ''],
  ['nothing', '', ''],
  ['names of objects', '__proto__=1,constructor=2', '__proto__=1 constructor=2'],
  ['Greek', 'λ=0.5,lr=1', 'λ=0.5 lr=1'],
  ['underscores between the settings', 'model=bert_tiny_lr=0.1', 'model=bert_tiny lr=0.1', ['key=value_key=value']],
  ['underscores in keys too', 'weight_decay=0.1_lr=2', 'weight_decay=0.1 lr=2', ['key=value_key=value']],
  ['a list separator of its own', 'h=64+32,lr=1', 'h=64|32 lr=1', ['key=value+value,key=value']],
  ['no separator before the value', 'lr0.01_bs64_amp', 'lr=0.01 bs=64 amp=', ['keyvalue_keyvalue']],
  ['a template', 'resnet50_0.1_64', 'model=resnet50 lr=0.1 bs=64', ['{model}_{lr}_{bs}']],
  ['a template with an exponent', 'run-1e-05-64', 'lr=1e-05 bs=64', ['run-{lr}-{bs}']],
  ['a template with a part to leave out', 'a_b_3', 'x=a y=3', ['{x}_{_}_{y}']],
  ['a template that does not match', 'resnet50', '', ['{model}_{lr}']],
  ['the second pattern', 'a-3', 'name=a n=3', ['{x}_{y}', '{name}-{n}']],
];

for (const [title, name, expected, patterns] of names) {
  test(`name: ${title}`, (t) => {
    t.is(read(name, patterns), expected);
  });
}

const key = fc.stringMatching(/^[a-z]{1,6}$/);
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value.toExponential(2)),
  fc.integer().map(String),
  fc.constantFrom('1e-05', '-0.5', '0', '1e+10'),
);

test('what is written by the pattern is read back', (t) => {
  const settings = fc.uniqueArray(fc.tuple(key, fc.array(number, { minLength: 1, maxLength: 4 })), {
    minLength: 2,
    maxLength: 12,
    selector: ([name]) => name,
  });
  fc.assert(
    fc.property(settings, (written) => {
      const name = written.map(([name, values]) => [name, ...values].join('_')).join('-');
      t.deepEqual(
        parseHyperparameters(name, defaults, new Set()),
        written.map(([name, values]) => ({ name, values })),
      );
    }),
  );
});

test('any name whatever is read without an error, in time that grows with its length', (t) => {
  const patterns = [...defaults, 'key=value_key=value', 'keyvalue_keyvalue', '{a}-{b}_{c}'];
  const pieces = fc.array(fc.oneof(fc.constantFrom('-', '_', '=', ',', '[', ']', '1e', '-', '0.5', 'lr'), fc.string()));
  fc.assert(
    fc.property(pieces, (parts) => {
      for (const pattern of patterns) t.true(Array.isArray(parseHyperparameters(parts.join(''), [pattern], known)));
    }),
  );
  const startedMs = performance.now();
  for (const text of ['-', '_', 'a_', '1e-', '=', '[', 'a=,']) read(text.repeat(1000), patterns);
  t.true(performance.now() - startedMs < 2000);
});

const badPatterns: [string, RegExp][] = [
  ['', /expected an example/],
  ['key', /expected an example/],
  ['key_value', /expected an example/],
  ['{a}{b}', /separator between/],
  ['{a', /closed/],
  ['{}_x', /a name between/],
];

for (const [pattern, message] of badPatterns) {
  test(`pattern "${pattern}" is refused`, (t) => {
    t.throws(() => parsePattern(pattern), { message });
  });
}

test('nodes come from the nearest parent folder that says so', (t) => {
  const template = 'experiments_{nodes}_nodes';
  t.is(parseNodes(['OUTPUTS', 'experiments_2_nodes'], template), 2);
  t.is(parseNodes(['experiments_2_nodes', 'experiments_16_nodes', 'x'], template), 16);
  t.is(parseNodes(['experiments_many_nodes'], template), null);
  t.is(parseNodes([], template), null);
});

test('a settings file: nested names, lists, and values as written', (t) => {
  const text = 'optimizer:\n  lr: 1e-05\n  betas: [0.9, 0.999]\nname: "a b"\nnothing:\nbase: &b {x: 1}\nagain: *b\n';
  t.deepEqual(parseSettings(text), {
    problem: null,
    hyperparameters: [
      { name: 'optimizer.lr', values: ['1e-05'] },
      { name: 'optimizer.betas', values: ['0.9', '0.999'] },
      { name: 'name', values: ['a b'] },
      { name: 'nothing', values: [] },
      { name: 'base.x', values: ['1'] },
      { name: 'again.x', values: ['1'] },
    ],
  });
  t.deepEqual(parseSettings('{"lr": 1.50, "on": true}').hyperparameters, [
    { name: 'lr', values: ['1.50'] },
    { name: 'on', values: ['true'] },
  ]);
});

test('a settings file that cannot be read is a problem, not an exception', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tlw-settings-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return readSettingsFile(join(folder, name)).problem;
  };
  t.is(readSettingsFile(join(folder, 'missing.yaml')).problem, null);
  t.is(write('empty.yaml', ''), null);
  t.regex(write('broken.yaml', 'a: 1\nb: [1\n') ?? '', /^line \d/);
  t.is(write('list.yaml', '- 1\n'), 'expected a mapping of names to values');
  t.is(write('endless.yaml', 'a: &a\n  b: *a\n'), null);
  t.regex(write('large.yaml', `a: ${'x'.repeat(2 << 20)}`) ?? '', /at most/);
  mkdirSync(join(folder, 'folder.yaml'));
  t.is(readSettingsFile(join(folder, 'folder.yaml')).problem, 'expected a file, got a folder');
  symlinkSync('/etc/passwd', join(folder, 'link.yaml'));
  t.truthy(readSettingsFile(join(folder, 'link.yaml')).problem);
});

test('the file has the last word over the name, and the order of the name stays', (t) => {
  t.deepEqual(
    mergeHyperparameters(
      [
        { name: 'lr', values: ['1'] },
        { name: 'bs', values: ['2'] },
      ],
      [
        { name: 'seed', values: ['7'] },
        { name: 'lr', values: ['0.1'] },
      ],
    ),
    [
      { name: 'lr', values: ['0.1'] },
      { name: 'bs', values: ['2'] },
      { name: 'seed', values: ['7'] },
    ],
  );
});
