import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { execa, execaSync } from 'execa';
import type { Shell } from '../src/commands/completion-scripts.js';
import { packageRoot } from '../src/package.js';
import { closeStore, openStore } from '../src/store/open.js';
import { saveAll } from '../src/store/save.js';
import { summarise } from '../src/summarise.js';
import { buildExperiment } from './build-experiment.js';

const home = mkdtempSync(join(tmpdir(), 'tlw-completion-'));
const environment = { HOME: home, TLW_ROOT: home, TLW_STATE_DIR: home, PATH: `${home}:${process.env.PATH}` };

test.before(() => {
  const store = openStore(join(home, 'tlw.db'), { fileSystem: 'local' });
  const names = ['lr_0.1-bs_16', 'lr_0.1-bs_64', 'lr_0.2-bs_32', 'other run', '-lr_9'];
  saveAll(
    store,
    names.map((name) => {
      const experiment = buildExperiment({ name, key: `${name}/${name}.log` });
      return { experiment, summary: summarise(experiment.run, null) };
    }),
  );
  closeStore(store);
  writeFileSync(join(home, 'tlw'), `#!/bin/sh\nexec '${process.execPath}' '${packageRoot}build/src/cli.js' "$@"\n`);
  chmodSync(join(home, 'tlw'), 0o755);
});

test.after.always(() => rmSync(home, { recursive: true }));

/** How each shell itself is asked what it would offer for words, the last of which is being typed. */
const asks: Readonly<Record<Shell, (script: string, words: readonly string[]) => string[]>> = {
  bash: (script, words) => [
    '--norc',
    '-c',
    `source '${script}'; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tlw; printf '%s\\n' "\${COMPREPLY[@]}"`,
    'bash',
    ...words,
  ],
  // compadd exists only while zsh completes; what it is told is what it offers.
  zsh: (script, words) => [
    '-f',
    '-c',
    `compdef() {}; _files() { print FILES }; compadd() { while [[ $1 != -- ]]; do [[ $1 == -U ]] && all=1; shift; done; shift
       for each in "$@"; do [[ -n $all || $each == \${words[CURRENT]}* ]] && print -r -- $each; done }
     source '${script}'; words=("$@"); CURRENT=$#; _tlw; true`,
    'zsh',
    ...words,
  ],
  fish: (script, words) => ['--no-config', '-c', `source '${script}'; complete -C "${words.join(' ')}" | cut -f1`],
};

for (const shell of ['bash', 'zsh', 'fish'] as const) {
  const isThere = execaSync(shell, ['--version'], { reject: false }).exitCode === 0;
  const run = isThere ? test : test.skip;
  run(
    `completion in ${shell}${isThere ? '' : ' (not installed)'}: commands, options, their values, and experiments by the beginning or a part of their name`,
    async (t) => {
      const script = join(home, `completion.${shell}`);
      writeFileSync(script, (await execa('tlw', ['completion', '--shell', shell], { env: environment })).stdout);
      const offered = async (...words: string[]) => {
        const { stdout } = await execa(shell, asks[shell](script, ['tlw', ...words]), { env: environment });
        return stdout.split('\n').filter((line) => line !== '');
      };
      t.deepEqual((await offered('sca')).sort(), ['scaling']);
      t.true((await offered('')).includes('show'));
      t.deepEqual(await offered('top', '--gro'), ['--group-by']);
      t.deepEqual(await offered('top', '--format', 'js'), ['json']);
      t.deepEqual(await offered('show', 'lr_0.1'), ['lr_0.1-bs_16', 'lr_0.1-bs_64']);
      if (shell !== 'fish') t.deepEqual(await offered('compare', 'lr_0.2-bs_32', 'bs_16'), ['lr_0.1-bs_16']);
      t.deepEqual(await offered('show', '--', '-l'), ['-lr_9']);
      t.deepEqual(await offered('service', 'inst'), ['install']);
    },
  );
}
