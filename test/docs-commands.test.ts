import { readFileSync, writeFileSync } from 'node:fs';
import test from 'ava';
import type { Command } from '../src/commands/command.js';
import { loadCommands, makeCommands } from '../src/commands/index.js';
import { createProgram } from '../src/commands/program.js';
import { loadConfig, optionNames, variableOf } from '../src/config.js';

const page = 'docs/commands.md';

/** The help of a command as the terminal shows it, examples included. */
function helpOf(command: Command): string {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text), getOutHelpWidth: () => 100 }).outputHelp();
  return help.replace(/ +$/gm, '').trim();
}

/** A command never runs here, so that it needs nothing of a process. */
const context = new Proxy(Object.create(null), {
  get: (_, name) => {
    throw new Error(`the help asks for ${String(name)}`);
  },
});

test('docs/commands.md shows the help of every command as it is', async (t) => {
  const before = readFileSync(page, 'utf8');
  let after = before;
  const made = await loadCommands(context);
  const program = createProgram();
  for (const command of await makeCommands(context, [])) program.addCommand(command);
  const loaded = createProgram();
  for (const command of made) loaded.addCommand(command);
  t.is(helpOf(program), helpOf(loaded), 'the list in src/commands/index.ts is what the commands take');
  for (const command of [program, ...made]) {
    const name = command.name() === 'tlw' ? 'tlw' : `tlw ${command.name()}`;
    const heading = name === 'tlw' ? 'Options of all commands' : name;
    const block = new RegExp(`(^## ${heading}$[\\s\\S]*?\`\`\`text\\n)[\\s\\S]*?(?=^\`\`\`$)`, 'm');
    t.regex(before, block, `${page} has a section "## ${heading}" with a text block`);
    after = after.replace(block, (_, head: string) => `${head}${helpOf(command)}\n`);
  }
  if (process.env.UPDATE_DOCS) writeFileSync(page, after);
  else t.is(before, after, 'run the tests with UPDATE_DOCS=1');
});

test('docs/configuration.md names every option with its variable', (t) => {
  const text = readFileSync('docs/configuration.md', 'utf8').replace(/ +/g, ' ');
  const missing = optionNames.filter((option) => !text.includes(`| \`${option}\` | \`${variableOf(option)}\` |`));
  t.deepEqual(missing, []);
  const named = [...text.matchAll(/^\| `([\w.]+)` +\| `TLW_/gm)].map(([, option]) => option);
  t.deepEqual(
    named.filter((option) => option !== undefined && !optionNames.includes(option)),
    [],
  );
});

test('the examples of docs/configuration.md are good configs', (t) => {
  const text = readFileSync('docs/configuration.md', 'utf8');
  const examples = [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(([, yaml = '']) => yaml);
  t.true(examples.length > 2);
  for (const yaml of examples) {
    const file = new URL(`../example-${examples.indexOf(yaml)}.yaml`, import.meta.url);
    writeFileSync(file, yaml);
    t.notThrows(() => loadConfig({ environment: { HOME: '/nowhere' }, file: file.pathname, folder: '/' }), yaml);
  }
});
