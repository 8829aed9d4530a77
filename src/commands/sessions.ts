/** What commands print on the experiments that `tlw demo` copies, as their help shows it; a test runs each, and writes them anew. */
export const sessions: Readonly<
  Record<string, readonly { readonly words: readonly string[]; readonly output: readonly string[] }[]>
> = {
  live: [
    {
      words: ['live'],
      output: [
        '2 running below OUTPUTS, 12:00:00',
        'lr_0.01-bs_16                                       █████░░░░░ 10/20, 4 min 55 s left, heard 5 s ago',
        '  loss 0.1003 █▄▃▂▂▂▁▁▁▁   val_dsc 0.9500 ▁▂▃▃▄▅▆▆▇█',
        '  ! rank 1: time per step 4.00 s, others 2.00 s, +100 %',
        '  ! rank 7: silent since epoch 4',
        'lr_0.1-bs_16                                                      █████░░░░░ 10/20, heard 10 min ago',
        '  loss 0.1003 █▄▃▂▂▂▁▁▁▁   val_dsc 0.9500 ▁▂▃▃▄▅▆▆▇█',
        '  ! nothing was written for 10 min',
        '  ! rank 1: time per step 4.00 s, others 2.00 s, +100 %',
        '  ! rank 7: silent since epoch 4',
      ],
    },
  ],
  top: [
    {
      words: ['top', '--limit', '3', '--columns', 'lr,bs,ranks,epochs'],
      output: [
        '#  val_dsc    best  at  status           lr  bs  ranks  epochs',
        '1   0.8667  0.8128  13  early_stopped   0.1  32      4      23',
        '2   0.8465  0.8514  29  early_stopped  0.04  16      4      31',
        '3   0.8283  0.8510   5  completed      0.05  16      1       6',
      ],
    },
  ],
  runs: [
    {
      words: ['runs', '--status', 'killed'],
      output: [
        'status  epochs  of  ranks  time  ppn  cps  intra  bt  img    lr  mom  bs  dpout  experiment                                                                 last words',
        'killed       3   6      2          2    6      6  60  208  0.01  0.9  16    0.6  ppn_2-cps_6-intra_6-inter_2-bt_60-img_208-lr_0.01-mom_0.9-bs_16-dpout_0.6  mpirun noticed that process rank 0 with PID 0 on node vm ex…',
      ],
    },
  ],
  show: [
    {
      words: ['show', 'ppn_1'],
      output: [
        'ppn_1-cps_24-intra_24-inter_2-bt_60-img_480-lr_0.05-mom_0.9-bs_16-dpout_0.5',
        'COMPLETED · 6 of 6 epochs · 1 rank · 5.01 s',
        '',
        'varies    ppn 1 · cps 24 · intra 24 · bt 60 · img 480 · lr 0.05 · mom 0.9 · bs 16 · dpout 0.5',
        'constant  inter 2',
        '',
        'metric         curve    final    best  at  over ranks',
        'loss           █▇▅▄▂▁  0.3351  0.3351   6',
        'accuracy       ▁▃▅▅██  0.8500  0.8500   6',
        'dsc            ▁▂▄▄▇█  0.7456  0.7456   6',
        'val_loss       █▆▅▃▁▁  0.2144  0.1931   5',
        'val_accuracy   ▁▆▇▇██  0.9375  0.9375   5',
        'val_dsc        ▁▄▄▆██  0.8283  0.8510   5',
        'learning_rate  ▄▄▄▄▄▄  0.0500  0.0500   1',
        '',
        'log       experiments_1_nodes/ppn_1-cps_24-intra_24-inter_2-bt_60-img_480-lr_0.05-mom_0.9-bs_16-dpout_0.5/ppn_1-cps_24-intra_24-inter_2-bt_60-img_480-lr_0.05-mom_0.9-bs_16-dpout_0.5.log',
        '          16 kB, openmpi, keras, 33 lines: 26 understood, 7 ignored, 0 repaired, 0 quarantined',
      ],
    },
  ],
  compare: [
    {
      words: ['compare', 'ppn_1', 'lr_0.04'],
      output: [
        'A  ppn_1-cps_24-intra_24-inter_2-bt_60-img_480-lr_0.05-mom_0.9-bs_16-dpout_0.5',
        'B  ppn_4-cps_6-intra_6-inter_2-bt_0-img_208-lr_0.04-mom_0.9-bs_16-dpout_0.8',
        '',
        '                       A              B',
        'ppn                    1              4',
        'cps                   24              6',
        'intra                 24              6',
        'bt                    60              0',
        'img                  480            208',
        'lr                  0.05           0.04',
        'dpout                0.5            0.8',
        'status         completed  early_stopped',
        'epochs                 6             31',
        'ranks                  1              4',
        'time              5.01 s         23.8 s',
        'loss              0.3351         0.4032',
        'accuracy          0.8500         0.7680',
        'dsc               0.7456         0.6673',
        'val_loss          0.2144         0.1817',
        'val_accuracy      0.9375         0.9844',
        'val_dsc           0.8283         0.8465',
        'learning_rate     0.0500         0.0050',
        'best epoch             5             29',
        '',
        'val_dsc',
        'A  ▁▄▄▆██',
        'B  ▁▁▁▁▂▁▂▂▃▄▄▅▅▅▆▆▇▆▇▇█▇█████████',
      ],
    },
  ],
  ranks: [
    {
      words: ['ranks', 'lr_0.04'],
      output: [
        'rank  host  epochs  time/step  deviation  apart since  not finite  silent after  end',
        '   0            31      33 ms       -0.2                                         early_stopped',
        '   1            31      32 ms       -0.2                                         early_stopped',
        '   2            31      32 ms       -0.2                                         early_stopped',
        '   3            31      31 ms       -0.3                                         early_stopped',
        '',
        'time skew  ▄▁▆▃▅▆▆▃▁▁▃▁▃▆▁▃▆█▃▄  up to 5 % above the median (rank 0, epoch 16)',
        'nothing stands out by dsc, loss, time per step',
      ],
    },
  ],
  explain: [
    {
      words: ['explain', 'ppn_1', 'val_dsc', '--epoch', '5'],
      output: [
        'rank 0, epoch 5: val_dsc = 0.8510',
        '  OUTPUTS/experiments_1_nodes/ppn_1-cps_24-intra_24-inter_2-bt_60-img_480-lr_0.05-mom_0.9-bs_16-dpout_0.5/ppn_1-cps_24-intra_24-inter_2-bt_60-img_480-lr_0.05-mom_0.9-bs_16-dpout_0.5.log at byte 13446',
        '  30/30 [==============================] - 1s 24ms/step - loss: 0.3787 - accuracy: 0.8292 - dsc: 0.7219 - val_loss: 0.1931 - val_accuracy: 0.9375 - val_dsc: 0.8510 - lr: 0.0500',
      ],
    },
  ],
  sweep: [
    {
      words: ['sweep'],
      output: [
        'ppn      1  2  4',
        'cps      6  12  24',
        'intra    6  12  24',
        'bt       0  30  60',
        'img      208  416  480',
        'lr       1e-05  0.01  0.04  0.05  0.1  0.2',
        'mom      0.5  0.9',
        'bs       16  32',
        'dpout    0.2 0.2 0.2  0.3  0.4  0.5  0.5 0.5  0.6  0.8  0.8 0.8',
        'constant inter 2',
        '',
        '46656 combinations: 7 finished, 0 running, 3 died, 46646 not run; 0 run more than once',
        'died     ppn 2, cps 6, intra 6, bt 60, img 208, lr 0.01, mom 0.9, bs 16, dpout 0.6: mpirun noticed that process rank 0 with PID 0 on node vm exited on signal 9 (Killed).',
        'died     ppn 4, cps 6, intra 6, bt 60, img 208, lr 0.01, mom 0.9, bs 16, dpout 0.3: loss and val_loss not finite at epoch 1',
        'died     ppn 4, cps 6, intra 6, bt 60, img 208, lr 0.01, mom 0.9, bs 16, dpout 0.4: RuntimeError: data loader worker died: /scratch/shard-0007.tfrecord: Input/output error',
        'not run  ppn 1, cps 6, intra 6, bt 0, img 208, lr 1e-05, mom 0.5, bs 16, dpout 0.2 0.2 0.2',
        'not run  ppn 1, cps 6, intra 6, bt 0, img 208, lr 1e-05, mom 0.5, bs 16, dpout 0.3',
        'not run  ppn 1, cps 6, intra 6, bt 0, img 208, lr 1e-05, mom 0.5, bs 16, dpout 0.4',
        'not run  ppn 1, cps 6, intra 6, bt 0, img 208, lr 1e-05, mom 0.5, bs 16, dpout 0.5',
        'not run  ppn 1, cps 6, intra 6, bt 0, img 208, lr 1e-05, mom 0.5, bs 16, dpout 0.5 0.5',
        'not run  ppn 1, cps 6, intra 6, bt 0, img 208, lr 1e-05, mom 0.5, bs 16, dpout 0.6',
        'not run  ppn 1, cps 6, intra 6, bt 0, img 208, lr 1e-05, mom 0.5, bs 16, dpout 0.8',
        'not run  ppn 1, cps 6, intra 6, bt 0, img 208, lr 1e-05, mom 0.5, bs 16, dpout 0.8 0.8',
        'not run  ppn 1, cps 6, intra 6, bt 0, img 208, lr 1e-05, mom 0.5, bs 32, dpout 0.2 0.2 0.2',
        'not run  ppn 1, cps 6, intra 6, bt 0, img 208, lr 1e-05, mom 0.5, bs 32, dpout 0.3',
        '         and 46636 more (tlw sweep --missing)',
      ],
    },
  ],
  scaling: [
    {
      words: ['scaling', '--target', 'val_dsc=0.8'],
      output: [
        'node-hours  from          epoch  nodes  processes  experiment',
        ' 5.556e-04  nodes × time     13      1          4  ppn_4-cps_6-intra_6-inter_2-bt_30-img_416-lr_0.1-mom_0.5-bs_32-dpout_0.2_0.2_0.2',
        '    0.0014  nodes × time      5      1          1  ppn_1-cps_24-intra_24-inter_2-bt_60-img_480-lr_0.05-mom_0.9-bs_16-dpout_0.5',
        '    0.0024  nodes × time     20      2          4  ppn_4-cps_6-intra_6-inter_2-bt_0-img_208-lr_0.04-mom_0.9-bs_16-dpout_0.8',
      ],
    },
  ],
  effects: [
    {
      words: ['effects', '--by', 'val_loss'],
      output: [
        'setting  effect      p  n  values  kind         remark',
        'dpout      0.91  0.209  7       5  categorical  may be chance',
        'bt        -0.45  0.328  7       3  numeric      may be chance; changes together with img',
        'img       -0.45  0.328  7       3  numeric      may be chance; changes together with bt',
        'lr        -0.41  0.335  7       6  numeric      may be chance',
        'mom        0.41  0.569  7       2  numeric      may be chance; changes together with bs',
        'bs        -0.41  0.569  7       2  numeric      may be chance; changes together with mom',
        'ppn       -0.15  0.782  7       3  numeric      may be chance; changes together with cps, intra',
        'cps        0.15  0.782  7       3  numeric      may be chance; changes together with ppn, intra',
        'intra      0.15  0.782  7       3  numeric      may be chance; changes together with ppn, cps',
      ],
    },
  ],
  failures: [
    {
      words: ['failures'],
      output: [
        '1 × failed: RuntimeError: data loader worker died: <path>: Input/output error',
        '    e.g. RuntimeError: data loader worker died: /scratch/shard-0007.tfrecord: Input/output error',
        '    first 2026-01-31 12:00 UTC, ppn_4-cps_6-intra_6-inter_2-bt_60-img_208-lr_0.01-mom_0.9-bs_16-dpout_0.4',
        '1 × diverged: loss and val_loss not finite at epoch #',
        '    e.g. loss and val_loss not finite at epoch 1',
        '    first 2026-01-31 12:00 UTC, ppn_4-cps_6-intra_6-inter_2-bt_60-img_208-lr_0.01-mom_0.9-bs_16-dpout_0.3',
        '1 × killed: mpirun noticed that process rank # with PID # on node vm exited on signal # (Killed).',
        '    e.g. mpirun noticed that process rank 0 with PID 0 on node vm exited on signal 9 (Killed).',
        '    first 2026-01-31 12:00 UTC, ppn_2-cps_6-intra_6-inter_2-bt_60-img_208-lr_0.01-mom_0.9-bs_16-dpout_0.6',
      ],
    },
  ],
  note: [
    {
      words: ['note', 'ppn_1', 'the one in the paper'],
      output: [],
    },
    {
      words: ['note', 'ppn_1'],
      output: ['the one in the paper'],
    },
  ],
  tag: [
    {
      words: ['tag', 'ppn_1', 'good', 'paper'],
      output: [],
    },
    {
      words: ['top', '--where', 'tags~paper', '--columns', 'lr,tags'],
      output: [
        '#  val_dsc    best  at  status       lr        tags',
        '1   0.8283  0.8510   5  completed  0.05  good paper',
      ],
    },
  ],
  archive: [
    {
      words: ['archive', 'ppn_1'],
      output: [],
    },
    {
      words: ['top', '--limit', '2', '--where', 'ranks=1', '--all', '--columns', 'lr,tags'],
      output: [
        '#  val_dsc    best  at  status       lr                 tags',
        '1   0.8283  0.8510   5  completed  0.05  good paper archived',
      ],
    },
  ],
  completion: [
    {
      words: ['completion', '--names', 'ppn_2-cps_12'],
      output: [
        'ppn_2-cps_12-intra_12-inter_2-bt_0-img_208-lr_0.01-mom_0.9-bs_16-dpout_0.8_0.8',
        'ppn_2-cps_12-intra_12-inter_2-bt_0-img_208-lr_0.05-mom_0.9-bs_16-dpout_0.5',
        'ppn_2-cps_12-intra_12-inter_2-bt_0-img_208-lr_0.2-mom_0.9-bs_16-dpout_0.5_0.5',
      ],
    },
  ],
};
