import test from 'ava';
import { explanationText } from '../src/commands/explanation-text.js';
import { parseUserDialect } from '../src/log/dialects/user-dialect.js';
import { draftDialect } from '../src/log/draft-dialect.js';
import { explainLog } from '../src/log/explain.js';
import { readStream, rowsOf } from './read-dialect.js';

test('each kind of line is shown once, with what was understood of it', (t) => {
  const text = explanationText(explainLog('test/fixtures/dialects/pytorch/remarks.log'));
  t.true(
    text.startsWith('launcher none, trainer pytorch, one rank, early_stopped\n14 lines: 5 understood, 9 not, '),
    text,
  );
  t.true(
    text.includes(`
pytorch: epoch, figures (3 lines, the first of rank 0, at byte 44)
    Epoch 1: train loss 0.9, val loss 0.8 (12.3s)
    → epoch, epoch 1
    → record of epoch 1: train_loss=0.9 val_loss=0.8
`),
    text,
  );
  t.true(
    text.includes(
      '\nnot understood (3 lines, the first of rank 0, at byte 90)\n    EarlyStopping counter: 1 out of 2\n',
    ),
  );
});

test('of a dialect in a file, the line of the file is named', (t) => {
  const text = explanationText(explainLog('test/fixtures/dialects/megatron/iterations.log'));
  t.true(text.includes('\nmegatron lines[0], step: epoch, figures '), text);
  t.true(text.includes('\nmegatron lines[4], ignore: known, says nothing (3 lines'), text);
});

const drafts: readonly (readonly [string, Record<string, number>])[] = [
  [
    '2026-01-01 10:00:10 (trainer:340) 1epoch results: [train] loss=0.541, acc=0.836, time=12 minutes',
    { loss: 0.541, acc: 0.836 },
  ],
  ['Epoch  1 (12.3s): loss 0.5410 (train) 0.4152 (val)', { loss: 0.541 }],
  ['round 1/9 of epoch 1: it\'s "loss": 1.5e-3', { loss: 0.0015 }],
  ['[0/4][0/8]\tLoss_D: 0.75\tLoss_G: 0.625\tD(x): 0.6931', { Loss_D: 0.75, Loss_G: 0.625, partial: 1 }],
];

for (const [line, figures] of drafts) {
  test(`a dialect is drafted from: ${line}`, (t) => {
    const draft = draftDialect(['loading data', line]);
    t.deepEqual(rowsOf(readStream(parseUserDialect(draft ?? '', 'draft.yaml'), `${line}\n`)), { 1: figures });
  });
}

test('of lines without figures no dialect is drafted', (t) => {
  t.is(draftDialect(['loading data', 'loss: see tensorboard', 'epoch 3 begins', 'lr = 0.1']), undefined);
});
