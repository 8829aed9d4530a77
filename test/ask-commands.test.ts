import { cpSync, mkdtempSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { sessions } from '../src/commands/sessions.js';
import { packageRoot } from '../src/package.js';

const home = mkdtempSync(path.join(tmpdir(), 'tlw-ask-'));
const root = path.join(home, 'OUTPUTS');
const averaged = 'ppn_4-cps_6-intra_6-inter_2-bt_0-img_208-lr_0.04';

async function tlw(...words: readonly string[]) {
  return execa('node', [path.join(packageRoot, 'build/src/cli.js'), ...words], {
    env: { HOME: home, XDG_STATE_HOME: path.join(home, 'state'), TLW_ROOT: root },
    reject: false,
    stripFinalNewline: false,
    cwd: home,
  });
}

test.before(async (t) => {
  t.timeout(120_000);
  cpSync(path.join(packageRoot, 'examples/experiments'), root, { recursive: true });
  // All of one age, so that their order is that of their last words.
  const lastHour = new Date(Date.now() - 3_600_000);
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' }))
    if (file.endsWith('.log')) utimesSync(path.join(root, file), lastHour, lastHour);
  // Asking needs the rows, not the files.
  const { exitCode, stderr } = await tlw(
    'watch',
    '--once',
    '--set',
    'outputs.report=false',
    '--set',
    'outputs.csv=false',
  );
  t.is(exitCode, 0, stderr);
});

test('top: the finished ones by the objective, best first', async (t) => {
  const { stdout, stderr } = await tlw('top', '--limit', '2', '--columns', 'lr,ranks');
  const [head, first, second, ...rest] = stdout.trimEnd().split('\n');
  t.regex(head ?? '', /^# +val_dsc +best +at +status +lr +ranks$/);
  t.regex(first ?? '', /^1 +0\.8667 +0\.8128 +13 +early_stopped +0\.1 +4$/);
  t.regex(second ?? '', /^2 +0\.8465 +0\.8514 +29 +early_stopped +0\.04 +4$/);
  t.deepEqual(rest, []);
  t.regex(stderr, /^by val_dsc, higher is better; 10 experiments/);
});

test('top: every format says the same', async (t) => {
  const words = ['top', '--limit', '1', '--columns', 'lr'];
  t.deepEqual(JSON.parse((await tlw(...words, '--format', 'json')).stdout), [
    { '#': '1', val_dsc: 0.866725, best: 0.812775, at: 13, status: 'early_stopped', lr: '0.1' },
  ]);
  t.is(
    (await tlw(...words, '--format', 'csv')).stdout,
    '#,val_dsc,best,at,status,lr\n1,0.866725,0.812775,13,early_stopped,0.1\n',
  );
  t.regex(
    (await tlw(...words, '--format', 'md')).stdout,
    /^\| # \| val\\_dsc \|.*\n\| ---: \| ---: \|.*\n\| 1 \| 0\.8667 \|/,
  );
  t.regex((await tlw(...words, '--format', 'latex')).stdout, /early\\_stopped & 0\.1 \\\\\n/);
});

test('top: a condition, and what is wrong with one', async (t) => {
  t.regex((await tlw('top', '--where', 'lr=0.04 and bs=16', '--columns', 'name')).stdout, /^#.*\n1 .*lr_0\.04.*\n$/);
  const { exitCode, stderr, stdout } = await tlw('top', '--where', 'lrr=1');
  t.is(exitCode, 64);
  t.is(stdout, '');
  t.regex(stderr, /^tlw: --where "lrr=1": expected .* column at column 1, got "lrr"; did you mean lr\?\n$/);
});

test('top: groups have mean, sd and n', async (t) => {
  const { stdout } = await tlw('top', '--group-by', 'bs', '--format', 'json');
  const rows: { bs: string; n: number }[] = JSON.parse(stdout);
  t.deepEqual(
    rows.map(({ bs, n }) => [bs, n]),
    [
      ['32', 1],
      ['16', 6],
    ],
  );
});

test('every table of one experiment, of a sweep and of failures comes as csv, json, md and latex too', async (t) => {
  const rows = async (...words: string[]) => JSON.parse((await tlw(...words, '--format', 'json')).stdout);
  const metric = (await rows('show', averaged)).find((row: { metric: string }) => row.metric === 'val_dsc');
  t.deepEqual(metric, { metric: 'val_dsc', final: 0.8465, best: 0.8514, at: 29, 'over ranks': null });
  t.like((await rows('show', averaged, '--epochs'))[28], { epoch: 29, val_dsc: 0.8514 });
  const compared = await rows('compare', averaged, 'ppn_1-');
  const line = compared.find((row: { figure: string }) => row.figure === 'time');
  t.true(
    Object.values(line)
      .slice(1)
      .every((seconds) => typeof seconds === 'number'),
  );
  t.like((await rows('explain', averaged, 'val_dsc', '--rank', '2', '--epoch', '29'))[0], { rank: 2, value: 0.8514 });
  t.like((await rows('ranks', averaged))[3], { rank: 3, epochs: 31, 'not finite': null, end: 'early_stopped' });
  t.is((await rows('ranks', averaged, '--epochs')).length, 31);
  for (const words of [
    ['show', averaged],
    ['compare', averaged, 'ppn_1-'],
    ['ranks', averaged],
    ['sweep'],
    ['failures'],
  ]) {
    t.regex((await tlw(...words, '--format', 'latex')).stdout, /\\begin\{tabular\}/, words[0]);
    t.regex((await tlw(...words, '--format', 'md')).stdout, /^\|.*\|\n\| -/, words[0]);
  }
  t.regex((await tlw('failures', '--format', 'csv')).stdout, /^runs,status,last words,.*\n1,/);
  t.regex((await tlw('sweep', '--format', 'csv')).stdout, /\n2,6,6,60,208,0\.01,0\.9,16,0\.6,killed,/);
  t.is((await rows('sweep')).cells, 46656);
});

test('export --table: the sheets of the workbook as text', async (t) => {
  const { stdout } = await tlw('export', '--table', 'ranks', '--format', 'json');
  const rows: { rank: number }[] = JSON.parse(stdout);
  t.is(rows.length, 29);
  t.regex((await tlw('export', '--table', 'epochs')).stdout, /^experiment,.*epoch,/);
  t.regex((await tlw('export', '--format', 'md')).stdout, /learning rate/);
});

test('notes merge: a file that is no workbook is said so', async (t) => {
  const { exitCode, stderr } = await tlw('notes', 'merge', path.join(packageRoot, 'package.json'));
  t.is(exitCode, 66);
  t.regex(stderr, /package\.json: expected a copy of master\.xlsx/);
});

test('notes merge: what was typed into a copy of the workbook comes back', async (t) => {
  await tlw('export');
  const { exitCode, stdout } = await tlw('notes', 'merge', path.join(root, 'master.xlsx'));
  t.is(exitCode, 0);
  t.is(stdout, 'nothing new\n');
});

test('runs: what became of each, with last words', async (t) => {
  const { stdout } = await tlw('runs', '--status', 'failed', 'killed', '--format', 'json');
  const rows: { status: string; 'last words': string }[] = JSON.parse(stdout);
  t.deepEqual(rows.map(({ status }) => status).sort(), ['failed', 'killed']);
  t.true(rows.some((row) => row['last words'].startsWith('RuntimeError: data loader worker died')));
});

test('show: one screen, by a part of the name', async (t) => {
  const { stdout } = await tlw('show', averaged);
  t.regex(stdout, /\nEARLY STOPPED · 31 of 40 epochs · 4 ranks, averaged · 23\.8 s\n/);
  t.regex(stdout, /\nval_dsc +[▁▂▃▄▅▆▇█]{31} +0\.8465 +0\.8514 +29\n/);
  t.regex(stdout, /\nranks {5}nothing stands out/);
});

test('show: why the best figure may be worse than the final one, only where ranks ended at different epochs', async (t) => {
  const { stdout } = await tlw('show', 'lr_0.1-');
  t.regex(stdout, /\nval_dsc .* 0\.8667 +0\.8128 +13 /);
  t.regex(stdout, /\nepochs {4}final: each rank’s own last epoch; best: epochs 1 to 13, which all ranks completed\n/);
  t.notRegex((await tlw('show', averaged)).stdout, /^epochs/m);
});

for (const words of [
  ['top'],
  ['runs'],
  ['show', averaged],
  ['compare', averaged, 'ppn_1-'],
  ['ranks', averaged],
  ['explain', averaged, 'val_dsc'],
  ['sweep'],
  ['scaling'],
  ['scaling', '--costs'],
  ['scaling', '--target', 'val_dsc=0.8'],
  ['effects'],
  ['failures'],
])
  test(`how old the data is, beside what is shown: ${words.join(' ')}`, async (t) => {
    t.regex((await tlw(...words)).stderr, /\blast change (just now|\d+ min ago)\n$/);
  });

test('show: one rank, every epoch', async (t) => {
  const { stdout } = await tlw('show', averaged, '--rank', '2', '--epochs');
  t.is(stdout.match(/^ *\d+ +\d/gm)?.length, 31);
  const { exitCode, stderr } = await tlw('show', averaged, '--rank', '9');
  t.is(exitCode, 64);
  t.regex(stderr, /--rank 9: expected one of 0, 1, 2, 3/);
});

test('show: a name that means several, or none', async (t) => {
  const several = await tlw('show', 'ppn_4');
  t.is(several.exitCode, 64);
  t.regex(several.stderr, /ppn_4: expected one experiment, got 5: /);
  t.is((await tlw('show', 'nothing')).exitCode, 66);
});

test('explain: the bytes that a figure was read from', async (t) => {
  const { stdout } = await tlw('explain', averaged, 'val_dsc', '--rank', '2', '--epoch', '29');
  t.regex(stdout, /^rank 2, epoch 29: val_dsc = 0\.8514\n/);
  const [, file = '', offset = ''] = /^ {2}(OUTPUTS\/.*\.log) at byte (\d+)$/m.exec(stdout) ?? [];
  const record = readFileSync(path.join(home, file)).subarray(Number(offset)).toString('latin1').split('\n')[0] ?? '';
  t.true(record.includes('val_dsc: 0.8514'));
  t.true(stdout.includes(record));
});

test('compare: only the settings that differ, results side by side', async (t) => {
  const { stdout } = await tlw('compare', averaged, 'ppn_1-');
  t.regex(stdout, /\nlr +0\.04 +0\.05\n/);
  t.notRegex(stdout, /\nmom /);
  t.regex(stdout, /\nval_dsc +0\.8465 +0\.8283\n/);
});

test('ranks: the rank that died is named', async (t) => {
  const { stdout } = await tlw('ranks', 'ppn_4-cps_6-intra_6-inter_2-bt_60-img_208-lr_0.01-mom_0.9-bs_16-dpout_0.4');
  t.regex(
    stdout,
    /\nfirst: ranks 1, 3 silent after epoch 2, .*; rank 1: failed: RuntimeError: data loader worker died/,
  );
});

test('sweep: axes and coverage; --missing is a loop that bash accepts', async (t) => {
  t.regex((await tlw('sweep')).stdout, /\nlr {7}1e-05 {2}0\.01 {2}0\.04 {2}0\.05 {2}0\.1 {2}0\.2\n/);
  const { stdout, stderr } = await tlw('sweep', '--missing');
  t.regex(stderr, /^10000 of 46646 combinations that were not run are listed\n10 experiments, last change /);
  const { exitCode } = await execa('bash', ['-n'], { input: stdout, reject: false });
  t.is(exitCode, 0);
});

test('effects, failures, scaling: tables or a sentence', async (t) => {
  t.regex((await tlw('effects')).stdout, /^setting +effect +p +n +values +kind/);
  t.regex(
    (await tlw('failures')).stdout,
    /1 × failed: RuntimeError: data loader worker died: <path>: Input\/output error\n/,
  );
  t.regex((await tlw('scaling')).stdout, /^nodes +processes +cores each/);
});

test('report: the sweep as a PDF and as a page, one experiment as its PDF', async (t) => {
  const file = (name: string) => path.join(home, name);
  const page = await tlw('report', '--all', '--format', 'html', '--out', file('sweep.html'));
  t.is(page.exitCode, 0, page.stderr);
  t.regex(page.stdout, /sweep\.html: 10 experiments, 0\.\d\d MB\n$/);
  t.true(readFileSync(file('sweep.html'), 'utf8').includes(averaged));
  t.regex((await tlw('report', '--all', '--where', 'ranks=4', '--out', file('sweep.pdf'))).stdout, /: 5 experiments, /);
  t.is(readFileSync(file('sweep.pdf'), 'latin1').slice(0, 5), '%PDF-');
  t.regex((await tlw('report', averaged, '--out', file('one.pdf'))).stdout, /one\.pdf: report, /);
});

test('report: what is wrong is said, and no file of somebody else is replaced', async (t) => {
  const foreign = path.join(home, 'foreign.html');
  writeFileSync(foreign, 'mine');
  const cases: [words: string[], code: number, said: RegExp][] = [
    [[], 64, /expected an experiment, or --all/],
    [[averaged, '--all'], 64, /--all: expected without the name/],
    [[averaged, '--format', 'html'], 64, /--format html: expected with --all/],
    [['--all', '--by', 'nothing'], 64, /--by nothing: expected one of /],
    [['--all', '--where', 'ranks=99'], 66, /--where "ranks=99": no experiment is like that/],
    [['--all', '--out', path.join(home, 'no', 'folder.pdf')], 73, /there is no folder /],
    [['--all', '--format', 'html', '--out', foreign], 73, /was not written by training-log-wizard/],
  ];
  for (const [words, code, said] of cases) {
    const { exitCode, stderr, stdout } = await tlw('report', ...words);
    t.is(exitCode, code, stderr);
    t.regex(stderr, said);
    t.is(stdout, '');
  }
  t.is(readFileSync(foreign, 'utf8'), 'mine');
});

// Alone, and it takes everything back: the other tests ask the same database.
test.serial('note, tag, archive: kept, shown, found', async (t) => {
  const name = 'ppn_1-';
  t.is((await tlw('note', name, 'the one in the paper')).exitCode, 0);
  t.is((await tlw('note', name)).stdout, 'the one in the paper\n');
  await tlw('tag', name, 'good', 'paper');
  t.is((await tlw('tag', name)).stdout, 'good paper\n');
  t.regex((await tlw('show', name)).stdout, /\nnotes {5}the one in the paper #good #paper\n/);
  t.regex((await tlw('top', '--where', 'tags~paper', '--columns', 'name')).stdout, /ppn_1-/);
  await tlw('archive', name);
  t.notRegex((await tlw('top', '--columns', 'name')).stdout, /ppn_1-/);
  await tlw('archive', name, '--restore');
  t.regex((await tlw('top', '--columns', 'name')).stdout, /ppn_1-/);
  await tlw('tag', name, 'good', 'paper', '--remove');
  t.is((await tlw('tag', name)).stdout, '\n');
  await tlw('note', name, '');
  t.notRegex((await tlw('show', name)).stdout, /\nnotes /);
});

test('a root that was never read is said so', async (t) => {
  const { exitCode, stderr } = await tlw('top', '--root', home);
  t.is(exitCode, 66);
  t.regex(stderr, /expected a root that tlw has read; run tlw watch --root .* --once first/);
});

for (const command of [
  'top',
  'runs',
  'show',
  'compare',
  'ranks',
  'explain',
  'sweep',
  'scaling',
  'effects',
  'failures',
  'note',
  'tag',
  'archive',
  'completion',
]) {
  test(`${command} --help shows an example`, async (t) => {
    const { stdout, stderr, exitCode } = await tlw(command, '--help');
    t.is(exitCode, 0);
    t.is(stderr, '', 'nor does this Node complain of anything');
    t.regex(stdout, new RegExp(`Examples?:\\n {2}\\$ .*tlw ${command}`));
  });
}

// Alone, since some of them write notes and tags.
test.serial('the sessions in the help of commands are what they print', async (t) => {
  const file = path.join(packageRoot, 'src/commands/sessions.ts');
  const undated = (text: string) => text.replace(/first \d{4}-\d\d-\d\d \d\d:\d\d UTC/g, 'first 2026-01-31 12:00 UTC');
  // Nothing runs here: test/live.test.ts has that one.
  const { live = [], ...others } = sessions;
  const printed: Record<string, (typeof sessions)[string]> = { live };
  for (const [command, steps] of Object.entries(others)) {
    const shown = [];
    for (const { words } of steps) {
      const { stdout, exitCode } = await tlw(...words);
      t.is(exitCode, 0, command);
      shown.push({ words, output: stdout === '' ? [] : undated(stdout.trimEnd()).split('\n') });
    }
    printed[command] = shown;
  }
  await tlw('archive', 'ppn_1', '--restore');
  await tlw('note', 'ppn_1', '');
  await tlw('tag', 'ppn_1', 'good', 'paper', '--remove');
  if (process.env.UPDATE_DOCS) {
    const [head = ''] = readFileSync(file, 'utf8').split(' = ');
    writeFileSync(file, `${head} = ${JSON.stringify(printed, null, 2)};\n`);
  } else t.deepEqual(sessions, printed, 'run the tests with UPDATE_DOCS=1, then format');
});
