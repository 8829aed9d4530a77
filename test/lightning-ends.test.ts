/** What becomes of a Lightning run is told by its trainer, whichever of its epochs the log shows. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import type { Status } from '../src/experiment.js';
import { parseLog } from '../src/log/parse-log.js';

const folder = mkdtempSync(path.join(tmpdir(), 'lightning-ends-'));
test.after.always(() => rmSync(folder, { recursive: true }));

const checkpoint = (epoch: number): string =>
  `Epoch ${epoch}, global step ${4 * (epoch + 1)}: 'val_loss' reached 0.${5 - epoch}0000 (best 0.${5 - epoch}0000), saving model to 'a.ckpt' as top 1\n`;
const stopped = '`Trainer.fit` stopped: `max_epochs=3` reached.\n';
const bar = (epoch: number, step: number, loss: string): string =>
  `Epoch ${epoch}: ${25 * step}%|██████████| ${step}/4 [00:00<00:00, 14.38it/s, v_num=0, train_loss=${loss}]`;
/** An epoch of bars, which begins with the figures of the one before. */
const epochOf = (epoch: number, before: string, loss: string): string =>
  `${bar(epoch, 0, before)}\r${bar(epoch, 4, loss)}`;

const cases: Readonly<Record<string, readonly [log: string, status: Status, lastEpoch: number]>> = {
  'its last epoch was no better, so that no line shows it': [
    `GPU available: False, used: False\n${checkpoint(0)}${checkpoint(1)}${stopped}`,
    'completed',
    2,
  ],
  'its last line stands before its last bars': [
    `GPU available: False, used: False\n\r${epochOf(0, '9.000', '0.500')}\r${epochOf(1, '0.500', '0.400')}\n${stopped}\r${epochOf(2, '0.400', '0.300')}\n`,
    'completed',
    3,
  ],
};

for (const [name, [log, status, lastEpoch]] of Object.entries(cases)) {
  test(`a Lightning run: ${name}`, (t) => {
    const file = path.join(folder, 'run.log');
    writeFileSync(file, log);
    const run = parseLog(file);
    t.is(run.trainer, 'lightning');
    t.is(run.ranks[0]?.epochs.epoch.at(-1), lastEpoch);
    t.is(run.status, status);
  });
}
