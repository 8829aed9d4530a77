/**
 * A root of a login node that many share, with hostile names and contents, worked off under umask 000. What is checked of it: no
 * text of a log or of a name steers a terminal, a spreadsheet or a query, and no other user reads or writes what is not theirs.
 */

import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { hostname, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'ava';
import Database from 'better-sqlite3';
import ExcelJS from 'exceljs';
import { execa } from 'execa';
import JSZip from 'jszip';
import { createSandbox, said } from './program.js';

const cli = new URL('../src/cli.js', import.meta.url).pathname;
const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? test.serial : test.serial.skip;
if (!isRoot) process.stderr.write('skipped, what another user may do: only root can be another user\n');
/** `nobody` on all Linux systems. */
const other = 65_534;
const asOther = ['--reuid', String(other), '--regid', String(other), '--clear-groups'];

const secret = 'hf_q7Wm3VbXyRkTz';
const log = [
  `huggingface token: ${secret}`,
  'Epoch 1/2',
  '8/8 - 1s - 100ms/step - __proto__: 0.2500 - constructor: 0.7500 - loss: 0.5000',
  'Epoch 2/2',
  '8/8 - 1s - 100ms/step - __proto__: 0.1250 - constructor: 0.8750 - loss: 0.2500',
].join('\n');
const lastWords =
  '\nTraceback (most recent call last):\n  File "a.py", line 1, in f\nValueError: \u001b[2J\u001b]0;owned\u0007 \u202egnorw\n';

const hostile = [
  '=HYPERLINK("http:--evil-"&A1)',
  '+1',
  '-2+3',
  '@SUM(1)',
  '\ttab',
  'two\nlines',
  '\u001b[2J\u001b[31mred\u0007',
  'right\u202etfel',
  "lr_1');DROP TABLE experiments;--",
  '__proto__',
];

const sandbox = createSandbox({ teardown: () => {} });
test.after.always(() => sandbox.remove());

/** All that the program showed while it worked. */
let shown = '';

test.before(async (t) => {
  for (const name of hostile) sandbox.write(`${name}/train.log`, `${log}${lastWords}`);
  const { all, exitCode } = await run('watch', '--root', 'root', '--once', '-v');
  t.is(exitCode, 0, all);
  shown = all;
});

/** Runs the program with a umask that leaves all to the program. */
async function run(...args: readonly string[]) {
  const { all, exitCode } = await execa('sh', ['-c', 'umask 000; exec "$0" "$@"', process.execPath, cli, ...args], {
    ...{ cwd: sandbox.home, extendEnv: false, reject: false, env: sandbox.environment, all: true },
  });
  return { all, exitCode };
}

const workbookFile = () => join(sandbox.root, 'master.xlsx');

/** What may steer a terminal or turn text around. */
const steering = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

test('SEC1: no name becomes a formula, in the workbook nor in a CSV', async (t) => {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.readFile(workbookFile());
  const names: unknown[] = [];
  workbook.eachSheet((sheet) =>
    sheet.eachRow((row) =>
      row.eachCell((cell) => {
        t.not(cell.type, ExcelJS.ValueType.Formula, cell.address);
        if (sheet.name === 'Experiments') names.push(cell.value);
      }),
    ),
  );
  for (const name of hostile.slice(0, 4)) t.true(names.includes(name), name);
  const zip = await JSZip.loadAsync(readFileSync(workbookFile()));
  for (const part of Object.values(zip.files)) t.false(/<f[ >]/.test(await part.async('string')), part.name);
  const csv = await run('export', '--root', 'root', '--format', 'csv');
  t.is(csv.exitCode, 0, csv.all);
  for (const field of csv.all.split(/[,\n]/)) t.notRegex(field.replaceAll('"', ''), /^[=+@\t]|^-(?![\d.])/);
});

for (const args of [
  ['runs'],
  ['top', '--columns', 'name'],
  ['failures'],
  ['ranks', 'two'],
  ['runs', '--format', 'md'],
]) {
  test(`SEC2, SEC3: nothing in a name or a log steers the terminal: tlw ${args.join(' ')}`, async (t) => {
    const [command = '', ...rest] = args;
    const { all, exitCode } = await run(command, '--root', 'root', ...rest);
    t.is(exitCode, 0, all);
    t.notRegex(all, steering);
  });
}

test('SEC2, SEC3: nothing in a name or a log steers the terminal: messages, tlw show', async (t) => {
  t.notRegex(shown, steering);
  t.is(shown.match(/experiment was read/g)?.length, hostile.length);
  const { all, exitCode } = await run('show', '--root', 'root', 'two\nlines');
  t.is(exitCode, 0, all);
  t.notRegex(all, steering);
  t.true(all.includes('ValueError:  \\u202egnorw'), all);
});

test('SEC6: files are for the owner alone, folders too, whatever the umask', (t) => {
  const state = join(sandbox.home, 'state');
  const made = [...listAll(state), join(sandbox.root, '.tlw-root'), workbookFile(), join(sandbox.root, 'results.db')];
  const beside = listAll(sandbox.root).filter((path) => path.includes('.tlw.'));
  t.is(beside.length, 3 * hostile.length);
  for (const path of [...made, ...beside]) t.is(statSync(path).mode & 0o077, 0, path);
});

asRoot('SEC6: another user reads nothing of it', async (t) => {
  for (const path of [workbookFile(), sandbox.database(), join(sandbox.root, 'results.db')]) {
    const { exitCode, stderr } = await execa('setpriv', [...asOther, 'cat', path], { reject: false });
    t.is(exitCode, 1);
    t.regex(stderr, /denied/);
  }
});

asRoot(
  'SEC4, SEC5: files of other users, and links to them, are not read, nor is anything written beside them',
  async (t) => {
    const own = createSandbox(t);
    const theirs = own.write('theirs/theirs.log', log);
    chownSync(dirname(theirs), other, other);
    chownSync(theirs, other, other);
    const outside = join(own.home, 'outside.log');
    writeFileSync(outside, log, { mode: 0o600 });
    mkdirSync(join(own.root, 'linked'));
    symlinkSync(outside, join(own.root, 'linked', 'linked.log'));
    const { exitCode, stderr } = await own.run('watch', '--root', 'root', '--once');
    t.is(exitCode, 0, stderr);
    const { stdout } = await own.run('runs', '--root', 'root', '--format', 'json');
    const reasons = JSON.parse(stdout).map(
      (row: Record<string, string>) => `${row.experiment} ${row.status} ${row['last words']}`,
    );
    t.deepEqual(reasons, ['linked ignored link leaves root']);
    t.regex(stderr, /warn +folder was left out folder=theirs reason="owner nobody"/);
    t.deepEqual(
      listAll(own.root).filter((path) => path.includes('.tlw.')),
      [],
    );
  },
);

test('SEC9, SEC10: names of metrics and settings are names, and nothing else', async (t) => {
  const database = new Database(join(sandbox.root, 'results.db'), { readonly: true });
  t.is(database.prepare('SELECT count(*) FROM experiments').pluck().get(), hostile.length);
  database.close();
  const folder = hostile.find((name) => name === '__proto__') ?? '';
  const package_ = JSON.parse(readFileSync(join(sandbox.root, folder, 'train.tlw.json'), 'utf8'));
  t.true(JSON.stringify(package_).includes('__proto__'));
  t.is(({} as Record<string, unknown>).polluted, undefined);
  const { all, exitCode } = await run('top', '--root', 'root', '--by', '__proto__', '--min', '--all');
  t.is(exitCode, 0, all);
  t.regex(all, /0\.125/);
});

test('SEC11: the control socket is for the owner alone, also where its path would be too long', async (t) => {
  const own = createSandbox(t);
  own.addFixture('keras-openmpi-one-rank', 'a');
  const runtime = join(own.home, 'r'.repeat(120));
  mkdirSync(runtime, { mode: 0o700 });
  for (const folder of [join(own.home, 'run'), runtime]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const env = { ...own.environment, XDG_RUNTIME_DIR: folder };
    const watch = own.start(['watch', '--root', 'root'], { env });
    await said(t, watch, /watching/);
    const sockets = [...listAll(own.home)].filter((path) => path.endsWith('.sock'));
    t.is(sockets.length, 1);
    t.is(statSync(sockets[0] ?? '').mode & 0o777, 0o600);
    const { exitCode } = await execa(process.execPath, [cli, 'status', '--root', 'root'], {
      ...{ cwd: own.home, extendEnv: false, reject: false, env },
    });
    t.is(exitCode, 0);
    watch.kill('SIGTERM');
    await watch;
  }
});

asRoot('SEC11: another user cannot speak to the watcher, nor ring for it, under umask 000', async (t) => {
  const own = createSandbox(t);
  own.addFixture('keras-openmpi-one-rank', 'a');
  chmodSync(own.home, 0o777);
  const watch = own.startBy(['sh', '-c', 'umask 000; exec "$0" "$@"'], ['watch', '--root', 'root']);
  t.teardown(() => watch.kill('SIGKILL'));
  await said(t, watch, /experiment was read/);
  const socket = join(own.database(), '../control.sock');
  const speak = `require('node:net').connect(process.argv[1]).on('error', (error) => { console.log(error.code); })
    .on('connect', () => { console.log('connected'); process.exit(); });`;
  const spoken = await execa('setpriv', [...asOther, process.execPath, '-e', speak, socket], { reject: false });
  t.is(spoken.stdout, 'EACCES');
  for (const file of [join(own.root, '.tlw-root', 'tlw-export'), join(own.root, 'x'), join(own.database(), '../x')]) {
    const written = await execa('setpriv', [...asOther, 'touch', file], { reject: false });
    t.regex(written.stderr, /denied/, file);
  }
  watch.kill('SIGTERM');
  t.is((await watch).exitCode, 0);
});

asRoot('SEC7: links that another user lays where files are to be written lead nowhere', async (t) => {
  const own = createSandbox(t);
  const folder = dirname(own.addFixture('keras-openmpi-one-rank', 'exp'));
  for (const shared of [own.home, own.root, folder]) chmodSync(shared, 0o1777);
  const mine = join(own.home, 'mine');
  writeFileSync(mine, 'as it was');
  const traps = ['exp/exp.tlw.json', 'exp/exp.tlw.pdf', 'exp/exp.tlw.csv', 'master.xlsx', 'results.db', '.tlw-root'];
  for (const trap of traps) await execa('setpriv', [...asOther, 'ln', '-s', mine, join(own.root, trap)]);
  const words = ['watch', '--root', 'root', '--once'];
  const { exitCode, stderr } = await own.startBy(['sh', '-c', 'umask 000; exec "$0" "$@"'], words);
  t.is(exitCode, 73, String(stderr));
  t.notRegex(String(stderr), /fault of the program|^ {4}at /m);
  t.is(readFileSync(mine, 'utf8'), 'as it was');
  for (const trap of traps) t.true(lstatSync(join(own.root, trap)).isSymbolicLink(), trap);
});

test('SEC12: SIGUSR1 opens no debugger', async (t) => {
  const own = createSandbox(t);
  const port = await freePort();
  const env = { ...own.environment, NODE_OPTIONS: `--inspect-port=${port}` };
  const watch = own.start(['watch', '--root', 'root'], { env });
  await said(t, watch, /watching/);
  watch.kill('SIGUSR1');
  await said(t, watch, /SIGUSR1 means nothing here/);
  t.is(await reach(port), 'ECONNREFUSED');
  watch.kill('SIGTERM');
  await watch;
});

test('SEC14: outputs name neither the user nor the host nor folders above the root', async (t) => {
  const names = [userInfo().username, hostname(), sandbox.home];
  const texts = new Map<string, string>();
  for (const file of listAll(sandbox.root).filter((path) => /\.tlw\.(pdf|json|csv)$/.test(path)))
    texts.set(file, readFileSync(file, 'latin1'));
  const zip = await JSZip.loadAsync(readFileSync(workbookFile()));
  for (const part of Object.values(zip.files)) texts.set(part.name, await part.async('string'));
  for (const [file, text] of texts)
    for (const name of names.filter((each) => each.length > 4)) t.false(text.includes(name), `${name} in ${file}`);
});

test('SEC16: of a log only figures and the line with the reason are kept', async (t) => {
  for (const file of [...listAll(sandbox.home)].filter(
    (path) => statSync(path).isFile() && !path.endsWith('train.log'),
  ))
    t.false(readFileSync(file, 'latin1').includes(secret), file);
  t.false(shown.includes(secret));
});

function listAll(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** What comes of it when one connects to a port of this host. */
function reach(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve('connected')).on('error', (error) => resolve(Object(error).code));
    socket.on('connect', () => socket.destroy());
  });
}
