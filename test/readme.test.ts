import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { execa } from 'execa';

const cli = path.resolve('build/src/cli.js');

test('the session of the README is what the program prints on the example experiments', async (t) => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tlw-readme-'));
  t.teardown(() => rm(folder, { recursive: true }));
  const env = { HOME: folder, XDG_STATE_HOME: folder };
  const run = (args: readonly string[]) => execa(process.execPath, [cli, ...args], { cwd: folder, env });
  await run(['demo', 'demo']);
  const session = /```console\n(.*?)```/s.exec(await readFile('README.md', 'utf8'))?.[1] ?? '';
  const commands = session.split(/^\$ npx tlw /m).slice(1);
  t.true(commands.length > 1);
  for (const command of commands) {
    const [line = '', ...printed] = command.trimEnd().split('\n');
    const { stdout } = await run(line.split(' '));
    t.is(stdout, printed.join('\n'), line);
  }
});
