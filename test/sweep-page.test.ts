/** The page of a sweep in a real browser, opened from a file as people open it. */

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { type Browser, chromium, type Page } from 'playwright-core';
import { renderSweepHtml } from '../src/outputs/sweep-html.js';
import { buildSweep } from './sweep-case.js';

const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
const quiet = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
const offline = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];

const folder = mkdtempSync(join(tmpdir(), 'tlw-page-'));
const file = join(folder, 'OUTPUTS.tlw.html');
writeFileSync(file, renderSweepHtml(buildSweep(260, 12)));
test.after.always(() => rmSync(folder, { recursive: true, force: true }));

/** One browser for all tests, each page in a context of its own. */
let browser: Browser | undefined;
test.before(async () => {
  if (browserPath === undefined) process.stdout.write('no chromium here: the page is not looked at\n');
  else browser = await chromium.launch({ executablePath: browserPath, args: [...quiet, ...offline] });
});
test.after.always(() => browser?.close());

interface Look {
  /** Another sweep than the one that most tests look at. */
  readonly html?: string;
  readonly width?: number;
  readonly scheme?: 'light' | 'dark';
}

/** A test that gets the page; it fails where the page complains, or asks for anything but itself. */
function testPage(title: string, use: (t: ExecutionContext, page: Page) => Promise<void>, look: Look = {}): void {
  const run = browserPath === undefined ? test.skip : test.serial;
  run(title, async (t) => {
    if (!browser) throw new Error('the browser did not start');
    const { width = 1440, scheme = 'light', html } = look;
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme: scheme,
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => complaints.push(...(request.url().startsWith('file:') ? [] : [request.url()])));
    try {
      const opened = html === undefined ? file : join(folder, 'other.html');
      if (html !== undefined) writeFileSync(opened, html);
      await page.goto(pathToFileURL(opened).href);
      await page.waitForSelector('html[data-ready]', { state: 'attached' });
      await use(t, page);
      t.deepEqual(
        complaints.filter((text) => !text.startsWith('data:')),
        [],
      );
    } finally {
      await context.close();
    }
  });
}

const column = (page: Page, index: number): Promise<string[]> =>
  page.$$eval(
    '#rows tbody tr',
    (rows, i) =>
      rows.map(
        (row) => (row as { cells: ArrayLike<{ textContent: string | null }> } & typeof row).cells[i]?.textContent ?? '',
      ),
    index,
  );

testPage('the table has headers, the leaderboard’s order, and NaN where that was printed', async (t, page) => {
  const headers = await page.$$eval('#rows thead th', (cells) =>
    cells.map((cell) => `${cell.getAttribute('scope')} ${cell.textContent}`),
  );
  t.deepEqual(headers.slice(0, 9), [
    'col selected',
    'col #',
    'col status',
    'col val_dsc',
    'col best',
    'col at',
    'col lr',
    'col bs',
    'col ranks',
  ]);
  const figures = (await column(page, 3)).map(Number);
  t.is(figures.length, 200);
  t.deepEqual(
    figures,
    [...figures].sort((a, b) => b - a),
  );
  await page.click('#more');
  t.is((await column(page, 3)).length, 260);
  t.is((await column(page, 3)).at(-1), 'NaN');
});

testPage('a header sorts, one way, the other, and back to the leaderboard', async (t, page) => {
  const before = await column(page, 3);
  const header = page.locator('th[data-column="lr"]');
  const sorted = async () => [await header.getAttribute('aria-sort'), (await column(page, 6))[0]];
  await header.getByRole('button').click();
  t.deepEqual(await sorted(), ['ascending', '1e-05']);
  await page.keyboard.press('Enter');
  t.deepEqual(await sorted(), ['descending', '0.5']);
  await page.keyboard.press('Enter');
  t.is(await header.getAttribute('aria-sort'), 'none');
  t.deepEqual(await column(page, 3), before);
});

testPage('the filter takes words and conditions, and says what is wrong with one', async (t, page) => {
  await page.keyboard.press('/');
  await page.keyboard.type('lr=0.01 and bs=64');
  t.is(await page.textContent('#count'), '18 of 260 experiments');
  t.deepEqual([...new Set(await column(page, 6))], ['0.01']);
  await page.fill('#filter', 'the one in the paper');
  t.is(await page.textContent('#count'), '1 of 260 experiments');
  await page.fill('#filter', 'lr=');
  t.is(await page.textContent('#mistake'), 'expected a value at column 4, got the end');
  t.is(await page.getAttribute('#filter', 'aria-invalid'), 'true');
  await page.fill('#filter', 'nothing is called that');
  t.true(await page.isVisible('#empty'));
  await page.click('#reset');
  t.is(await page.textContent('#count'), '260 experiments');
});

testPage('statuses are buttons that filter', async (t, page) => {
  await page.click('.chip[data-status="diverged"]');
  t.is(await page.textContent('#count'), '26 of 260 experiments');
  t.is(await page.getAttribute('.chip[data-status="diverged"]', 'aria-pressed'), 'true');
  t.deepEqual([...new Set(await column(page, 3))], ['NaN']);
});

testPage('rows are walked through and selected by keyboard; their curves are told in words too', async (t, page) => {
  t.is(await page.locator('#rows tr[tabindex="0"]').count(), 1);
  await page.click('#clear');
  t.is(await page.locator('#legend li').count(), 0);
  t.true(await page.isVisible('#none'));
  await page.locator('#rows tr[tabindex="0"]').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press(' ');
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  t.deepEqual(
    await page.$$eval('#rows tr[aria-selected="true"]', (rows) =>
      rows.map((row) => row.getAttribute('data-experiment')),
    ),
    ['1', '199'],
  );
  t.is(await page.locator('#legend li').count(), 2);
  t.regex(
    (await page.getAttribute('#curves canvas', 'aria-label')) ?? '',
    /^val_dsc over epochs\. lr .*: 0\.\d+ at epoch 12; lr /,
  );
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press(' ');
  t.is(await page.locator('#legend li').count(), 1);
});

testPage('another metric, a logarithmic axis: the picture changes', async (t, page) => {
  const picture = () =>
    page.$eval('#curves canvas', (canvas) => (canvas as typeof canvas & { toDataURL(): string }).toDataURL());
  const first = await picture();
  await page.selectOption('#metric', 'val_loss');
  await page.waitForFunction("document.querySelector('#curves canvas').ariaLabel.startsWith('val_loss')");
  const second = await picture();
  await page.check('#log');
  await page.evaluate('new Promise(requestAnimationFrame)');
  t.is(new Set([first, second, await picture()]).size, 3);
});

testPage('an axis filters by pointer and by keyboard', async (t, page) => {
  const axis = page.locator('[data-axis="bs"]');
  await axis.focus();
  await page.keyboard.press('ArrowUp');
  t.is(await axis.getAttribute('aria-valuetext'), '16');
  t.is(await page.textContent('#count'), '87 of 260 experiments');
  await page.keyboard.press('ArrowUp');
  t.is(await axis.getAttribute('aria-valuetext'), '32');
  await page.keyboard.press('Escape');
  t.is(await page.textContent('#count'), '260 experiments');
  const box = await page.locator('[data-axis="lr"] .grip').boundingBox();
  if (!box) throw new Error('the axis has no place');
  const x = box.x + box.width / 2;
  await page.mouse.move(x, box.y + 4);
  await page.mouse.down();
  await page.mouse.move(x, box.y + box.height * 0.39, { steps: 4 });
  await page.mouse.up();
  t.is(await page.locator('[data-axis="lr"]').getAttribute('aria-valuetext'), '0.1, 0.5');
  t.is(await page.textContent('#count'), '104 of 260 experiments');
});

testPage('columns are chosen from a menu', async (t, page) => {
  t.is(await page.locator('th[data-column="nodes"]').count(), 0);
  await page.click('#columns summary');
  await page.getByLabel('nodes', { exact: true }).check();
  t.is(await page.locator('th[data-column="nodes"]').count(), 1);
});

testPage('a name with markup in it is shown as it is', async (t, page) => {
  await page.fill('#filter', 'png.exe');
  await page.fill('#filter', 'onerror');
  t.is(await page.textContent('#count'), '1 of 260 experiments');
  t.true((await page.textContent('#rows tbody'))?.includes('</script><img src=x onerror=alert(1)>'));
  t.is(await page.locator('#rows img').count(), 0);
});

for (const [scheme, isDark] of [
  ['light', false],
  ['dark', true],
] as const) {
  testPage(
    `${scheme}: the page follows the reader’s system, with enough contrast`,
    async (t, page) => {
      const contrasts = await page.evaluate<Record<string, number>>(`(() => {
      const channels = (text) => text.match(/[\\d.]+/g).slice(0, 3).map((value) => Number(value) / 255);
      const light = (text) => channels(text).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
      const back = light(getComputedStyle(document.querySelector('#table')).backgroundColor);
      const ratio = (selector) => { const own = light(getComputedStyle(document.querySelector(selector)).color); return (Math.max(own, back) + 0.05) / (Math.min(own, back) + 0.05); };
      return { back, text: ratio('#rows td.figure'), name: ratio('#rows td.name'), note: ratio('.note'), hint: ratio('.hint') };
    })()`);
      t.is((contrasts.back ?? 0) < 0.2, isDark);
      for (const what of ['text', 'name', 'note', 'hint'])
        t.true((contrasts[what] ?? 0) >= 4.5, `${what} ${contrasts[what]}`);
    },
    { scheme },
  );
}

testPage(
  'on paper it is light, whatever the screen is, without what only a screen needs',
  async (t, page) => {
    await page.emulateMedia({ media: 'print' });
    const shown = await page.evaluate<
      string[]
    >(`['#table', 'tr[data-status="early_stopped"] td.status bdi', 'tr[data-status="completed"] td.status bdi']
      .map((selector) => getComputedStyle(document.querySelector(selector)).backgroundColor)`);
    t.deepEqual(shown, ['rgb(255, 255, 255)', 'rgb(223, 238, 246)', 'rgb(224, 242, 230)']);
    for (const gone of ['.bar', '#columns', '#clear', '.hint']) t.false(await page.isVisible(gone), gone);
    t.true(await page.isVisible('#rows'));
  },
  { scheme: 'dark' },
);

for (const width of [1440, 1024, 400])
  testPage(
    `${width} px: nothing stands out of the page`,
    async (t, page) => {
      t.true(Number(await page.evaluate('document.documentElement.scrollWidth')) <= width);
    },
    { width },
  );

for (const [what, sweep] of [
  ['one experiment', buildSweep(1, 1)],
  ['no metric at all', buildSweep(6, 5, { objective: null })],
  [
    'no settings, no curves',
    buildSweep(6, 5, {
      experiments: buildSweep(6).experiments.map((each) => ({ ...each, hyperparameters: [] })),
      curveOf: () => ({ epochs: [], figures: new Map() }),
    }),
  ],
] as const)
  testPage(
    `a sweep with ${what} has its page`,
    async (t, page) => {
      t.true((await column(page, 2)).length > 0);
    },
    { html: renderSweepHtml(sweep) },
  );
