import test from 'ava';
import { explanationText } from '../src/commands/explanation-text.js';
import { explainLog } from '../src/log/explain.js';

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
