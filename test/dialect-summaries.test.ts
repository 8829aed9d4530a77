/** What training loops print once an epoch, in the manners that people have. */
import test from 'ava';
import { pytorch } from '../src/log/dialects/pytorch.js';
import { readStream, rowsOf } from './read-dialect.js';

const summaries: readonly (readonly [string, Record<string, number>])[] = [
  ['epoch 1 train_loss 2.0036 val_loss 1.6568 val_acc 0.4400', { train_loss: 2.0036, val_loss: 1.6568, val_acc: 0.44 }],
  [
    'Epoch 001: train_loss=0.12345, valid_loss=0.1, valid_acc=0.9',
    { train_loss: 0.12345, valid_loss: 0.1, valid_acc: 0.9 },
  ],
  [
    'Epoch 1/5 | train/loss: 0.1 | val/top1: 54.50 | lr: 5.0e-03 | time: 0.1s',
    { 'train/loss': 0.1, 'val/top1': 54.5, lr: 0.005 },
  ],
  ['2026-11-23 05:30:53,123 [INFO] trainer: Epoch  1/5 | loss: 0.1', { loss: 0.1 }],
  ['INFO:root:Epoch 1: loss 0.25', { loss: 0.25 }],
  ['[11/07/24 13:20:07] INFO   Epoch 1: loss 2.5e-01  v_loss 1.2e+00', { loss: 0.25, v_loss: 1.2 }],
  ['Epoch [1/10], Loss: 0.1234, Accuracy: 92.3%', { Loss: 0.1234, Accuracy: 92.3 }],
  ['Epoch: 1, Train Loss: 0.5, Val Loss: 0.4', { train_Loss: 0.5, val_Loss: 0.4 }],
  ['Epoch 1 - loss: 0.5 - acc: 0.9 - val_loss: 0.4', { loss: 0.5, acc: 0.9, val_loss: 0.4 }],
  ['Epoch 1 - 12s - loss: 0.5', { loss: 0.5 }],
  [
    '[Epoch 1] train loss: 0.5000, acc: 0.9 | val loss: 0.4, acc: 0.8',
    { train_loss: 0.5, train_acc: 0.9, val_loss: 0.4, val_acc: 0.8 },
  ],
  ['Epoch: [1/100]\tTrain Loss: 0.5\tVal mIoU: 0.61', { train_Loss: 0.5, val_mIoU: 0.61 }],
  ['====> Epoch: 1 Average loss: 164.2345', { loss: 164.2345 }],
  ['Epoch #1: loss = nan', { loss: Number.NaN }],
  ['EPOCH 1 done: loss 0.3 (12.3s)', { loss: 0.3 }],
  [
    'Epoch 1: Train: loss=0.5 acc=0.9 | Val: loss=0.4, acc=0.8',
    { train_loss: 0.5, train_acc: 0.9, val_loss: 0.4, val_acc: 0.8 },
  ],
  ['epoch=1 loss=0.5 accuracy=540/1000 (54%)', { loss: 0.5, accuracy: 54 }],
  ['Epoch 1 | loss 0.5 | elapsed 0:00:12', { loss: 0.5 }],
];

for (const [line, figures] of summaries) {
  test(line, (t) => {
    t.deepEqual(rowsOf(readStream(pytorch, `${line}\n`)), Object.keys(figures).length === 0 ? {} : { 1: figures });
  });
}

const notSummaries = [
  'Epoch 5: val_loss improved from 0.5 to 0.4, saving model to best.pt',
  'Epoch 3 took 12.3s',
  'Best epoch 3: val_loss 0.3',
  'New best at epoch 3 with val_loss 0.3',
  'Loading checkpoint of epoch 3: loss 0.2',
  'Resuming from epoch 3, loss 0.2',
  'loss at epoch 3: 0.2',
  'Epoch 3: loss 0.5 loss 0.4',
  'Epoch 3: loss 0.5 at step 100 of 200 in 3 s',
  'Epoch 3: lr 0.1',
  'number of epochs: 3, loss: mse',
  'Epoch 00003: reducing learning rate of group 0 to 1.0000e-04.',
  'epoch 3 loss 0.5.6',
  'Epoch 3 loss: see tensorboard',
];

for (const line of notSummaries) {
  test(`no epoch's record: ${line}`, (t) => {
    t.deepEqual(rowsOf(readStream(pytorch, `${line}\n`)), {});
  });
}

const stops: readonly (readonly [string, number | null | undefined])[] = [
  ['Early stopping at epoch 4 (best val_loss 1.5658)', 4],
  ['Early stopping triggered after 12 epochs.', 12],
  ['Early stopping after 5 epochs without improvement', 2],
  ['Early stopping!', 2],
  ['=> early stopping triggered at epoch: 7', 7],
  ['2026-11-23 [INFO] EarlyStopping: Stop training', 2],
  ['EarlyStopping counter: 1 out of 5', undefined],
  ['early_stopping: True', undefined],
  ['Early stopping patience: 5 epochs', undefined],
  ['EarlyStopping(monitor=val_loss)', undefined],
  ['Will stop early if epoch 5 is no better', undefined],
];

for (const [line, epoch] of stops) {
  test(`early stop: ${line}`, (t) => {
    const { events } = readStream(pytorch, `epoch 1 loss 0.5\nepoch 2 loss 0.4\n${line}\n`);
    const stop = events.find((event) => event.kind === 'early_stop');
    t.is(stop?.kind === 'early_stop' ? stop.epoch : undefined, epoch);
  });
}

test('a later remark about an earlier epoch does not void what came between', (t) => {
  const log = 'epoch 1 loss 0.5 acc 0.1\nepoch 2 loss 0.4 acc 0.2\nepoch 3 loss 0.3 acc 0.3\nepoch 1 loss 0.5\n';
  t.deepEqual(Object.keys(rowsOf(readStream(pytorch, log))), ['1', '2', '3']);
});

test('a training that goes on from an earlier epoch voids what came behind it', (t) => {
  const line = (epoch: number, loss: number): string => `epoch ${epoch} loss ${loss} acc 0.5\n`;
  const log = line(1, 0.9) + line(2, 0.8) + line(3, 0.7) + line(2, 0.85);
  t.deepEqual(rowsOf(readStream(pytorch, log)), { 1: { loss: 0.9, acc: 0.5 }, 2: { loss: 0.85, acc: 0.5 } });
});

const ofTwoRanks: readonly (readonly [string, string])[] = [
  [
    'headers and phases',
    'Epoch 1\nEpoch 1\ntrain Loss: 0.5\ntrain Loss: 0.4\nEpoch 2\nEpoch 2\ntrain Loss: 0.3\ntrain Loss: 0.2\n',
  ],
  [
    'objects',
    '{"epoch": 1, "loss": 0.5}\n{"epoch": 1, "loss": 0.4}\n{"epoch": 2, "loss": 0.3}\n{"epoch": 2, "loss": 0.2}\n',
  ],
  ['tables', 'epoch,loss\nepoch,loss\n1,0.5\n1,0.4\n2,0.3\n2,0.2\n'],
  ['running losses', '[1,  100] loss: 0.5\n[1,  100] loss: 0.4\n[1,  200] loss: 0.3\n[1,  200] loss: 0.2\n'],
];

for (const [what, log] of ofTwoRanks) {
  test(`two ranks in one stream are told from one: ${what}`, (t) => {
    const foreign = (text: string): number =>
      readStream(pytorch, text).events.filter((event) => event.kind === 'foreign').length;
    t.true(foreign(log) >= 2, `${foreign(log)}`);
    const ofOne = log.split('\n').filter((_, i, lines) => i === 0 || shape(lines[i - 1]) !== shape(lines[i]));
    t.is(foreign(`${ofOne.join('\n')}\n`), 0);
  });
}

/** A line without its figure. */
function shape(line = ''): string {
  return line.replace(/0\.\d+/, '');
}
