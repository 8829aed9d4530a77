import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';

const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...(await readdir('docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`),
];

test('every link and picture of the documentation is there', async (t) => {
  const broken: string[] = [];
  for (const page of pages) {
    for (const [, target = ''] of (await readFile(page, 'utf8')).matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)) {
      const isOutside = /^[a-z]+:/.test(target);
      if (!isOutside && !existsSync(path.join(path.dirname(page), target))) broken.push(`${page}: ${target}`);
    }
  }
  t.deepEqual(broken, []);
});

test('every page of docs/ is in its index', async (t) => {
  const index = await readFile('docs/README.md', 'utf8');
  const unlisted = pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md');
  t.deepEqual(
    unlisted.filter((page) => !index.includes(`(${path.basename(page)})`)),
    [],
  );
});

test('files and folders that the maps name are there', async (t) => {
  const missing: string[] = [];
  for (const page of ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md']) {
    for (const [, named = ''] of (await readFile(page, 'utf8')).matchAll(/`((?:src|test|config|docs)\/[\w./-]+)`/g)) {
      if (!/[A-Z]{3}/.test(named) && !existsSync(named)) missing.push(`${page}: ${named}`);
    }
  }
  t.deepEqual(missing, []);
});
