/** A state folder, or a folder of outputs, that two roots are told to share. */

import { readFileSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { createSandbox } from './program.js';

test('UN26: a state folder of another root is refused, exit 78, and taken over where that root was moved', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.write('one/a/a.log', 'Epoch 1/1\n8/8 - 1s - 100ms/step - loss: 0.5000\n');
  sandbox.write('two/a/a.log', 'Epoch 1/1\n8/8 - 1s - 100ms/step - loss: 0.2500\n');
  const run = (root: string, ...command: string[]) =>
    sandbox.run(...command, '--root', `root/${root}`, '--set', 'stateDir=state', '--set', 'outputs.report=false');
  const once = (root: string) => run(root, 'watch', '--once');
  t.is((await once('one')).exitCode, 0);
  await run('one', 'note', 'a', 'of one');
  const refused = await once('two');
  t.is(refused.exitCode, 78);
  t.regex(
    refused.stderr,
    /^tlw: \S*state: expected a state folder of \S*two, got that of \S*one; set stateDir to another/,
  );
  t.is(refused.stderr.trim().split('\n').length, 1);

  symlinkSync(join(sandbox.root, 'one'), join(sandbox.root, 'link'));
  t.is((await once('link')).exitCode, 0);
  renameSync(join(sandbox.root, 'one'), join(sandbox.root, 'moved'));
  t.regex((await once('moved')).stdout, /^0 logs read/);
  t.is((await run('moved', 'note', 'a')).stdout, 'of one');
});

test('UN27: a folder of outputs of another root is refused, exit 78, and nothing in it is touched', async (t) => {
  const sandbox = createSandbox(t);
  sandbox.write('one/a/a.log', 'Epoch 1/1\n8/8 - 1s - 100ms/step - loss: 0.5000\n');
  sandbox.write('two/a/a.log', 'Epoch 1/1\n8/8 - 1s - 100ms/step - loss: 0.2500\n');
  const options = ['--set', 'outputs.dir=outputs', '--set', 'outputs.report=false'];
  const once = (root: string) => sandbox.run('watch', '--once', '--root', `root/${root}`, ...options);
  t.is((await once('one')).exitCode, 0);
  const refused = await once('two');
  t.is(refused.exitCode, 78);
  t.regex(
    refused.stderr,
    /^tlw: \S*outputs: expected a folder for the outputs of \S*two, got that of \S*one; set outputs.dir to another/,
  );
  const { ranks } = JSON.parse(readFileSync(join(sandbox.home, 'outputs/a/a.tlw.json'), 'utf8'));
  t.is(ranks[0].epochs[0].metrics.loss, 0.5);
  t.is((await once('one')).exitCode, 0);
});
