import test from 'ava';
import { fileSystemOf } from '../src/watch/file-system.js';
import {
  chooseFolders,
  chooseLogs,
  createNameSorter,
  depthOf,
  experimentFolder,
  experimentName,
} from '../src/watch/layout.js';
import { defaultSettings } from '../src/watch/settings.js';

const sortNames = createNameSorter(defaultSettings(fileSystemOf(0xef53)));

test('only names that may matter are kept', (t) => {
  const names = [
    ...['EXP.log', 'slurm-123.out', 'job.o12345', 'UPPER.LOG'],
    ...['.done', 'tlw.done'],
    ...['checkpoints', 'lr_0.01', 'run.v2'],
    ...[
      'EXP.tlw.json',
      'EXP.tlw.pdf',
      '.nfs0001',
      'EXP.log~',
      '.EXP.log.swp',
      'x.tmp',
      'model.h5',
      '.hidden',
      '#EXP.log#',
    ],
    ...['ckpt-1.data-00000-of-00001', 'events.out.tfevents.1700000000.node1', '.tlw-root', 'slurm-123.err'],
  ];
  t.deepEqual(sortNames(names), {
    logs: ['EXP.log', 'slurm-123.out', 'job.o12345', 'UPPER.LOG'],
    markers: ['.done', 'tlw.done'],
    others: ['checkpoints', 'lr_0.01', 'run.v2'],
    outputs: ['EXP.tlw.json', 'EXP.tlw.pdf'],
  });
});

const choices: readonly [title: string, folder: string, names: string[], logs: string[], folders: string[]][] = [
  ['the log named like its folder', 'a/EXP', ['EXP.log', 'other.log', 'sub'], ['EXP.log'], []],
  ['the only log', 'EXP', ['train.log', 'sub'], ['train.log'], ['sub']],
  ['each of several', 'EXP', ['a.log', 'b.log'], ['a.log', 'b.log'], []],
  ['a dot in the name is no ending', 'lr_0.01', ['lr_0.01.log'], ['lr_0.01.log'], []],
  ['bare logs in the root', '', ['a.log', 'b.log', 'c'], ['a.log', 'b.log'], ['c']],
  ['files numbered by rank', 'EXP', ['rank-10.log', 'rank-2.log'], ['rank-2.log'], []],
  ['a log among the ranks', 'EXP', ['rank-0.log', 'rank-1.log', 'EXP.log'], ['EXP.log'], []],
  ['folders of ranks', 'EXP/1', ['rank.1', 'rank.0', 'rank.10'], [], ['rank.0']],
  ['the file in a folder of a rank', 'EXP/1/rank.0', ['stdout', 'stderr'], ['stdout'], ['stderr']],
  ['no stdout elsewhere', 'EXP', ['stdout'], [], []],
  ['torchrun', 'EXP/none_x/attempt_0', ['1', '0'], [], ['0']],
  ['torchrun, the file', 'EXP/none_x/attempt_0/0', ['stdout.log', 'stderr.log'], ['stdout.log'], []],
  ['what Slurm wrote beside a log', 'EXP', ['train.log', 'slurm-1.out'], ['train.log'], []],
  ['what Slurm wrote alone', 'EXP', ['slurm-1.out', 'slurm-2.out', 'data'], ['slurm-1.out', 'slurm-2.out'], ['data']],
  ['what Slurm wrote beside experiments', '', ['slurm-1.out', 'EXP'], [], ['EXP']],
  ['a root of what Slurm wrote', '', ['slurm-1.out', 'slurm-2.out'], ['slurm-1.out', 'slurm-2.out'], []],
  ['a container', 'experiments_2_nodes', ['EXP1', 'EXP2'], [], ['EXP1', 'EXP2']],
];
for (const [title, folder, names, logs, folders] of choices) {
  test(`layout: ${title}`, (t) => {
    const sorted = sortNames(names);
    t.deepEqual(chooseLogs(folder, sorted), logs);
    t.deepEqual(chooseFolders(folder, sorted), folders);
  });
}

test('folders of ranks do not count as levels', (t) => {
  t.is(depthOf(''), 0);
  t.is(depthOf('experiments_2_nodes/EXP'), 2);
  t.is(depthOf('EXP/1/rank.0'), 2);
  t.is(depthOf('EXP/none_e5pn9oce/attempt_0/0'), 2);
});

test('experiments are called after their folders', (t) => {
  t.is(experimentName('nodes/EXP/EXP.log', true), 'EXP');
  t.is(experimentName('nodes/EXP/a.log', false), 'EXP/a');
  t.is(experimentName('bare.log', true), 'bare');
  t.is(experimentFolder('EXP/1/rank.0/stdout'), 'EXP');
  t.is(experimentFolder('EXP/rank.0/stdout'), 'EXP');
  t.is(experimentFolder('EXP/none_e5pn9oce/attempt_0/0/stdout.log'), 'EXP');
  t.is(experimentFolder('EXP/EXP.log'), 'EXP');
});

test('a file system that is not known to be local is remote', (t) => {
  t.deepEqual(fileSystemOf(0xef53), { name: 'ext4', isLocal: true });
  t.deepEqual(fileSystemOf(0x6969), { name: 'nfs', isLocal: false });
  t.deepEqual(fileSystemOf(0x65735546), { name: 'fuse', isLocal: false });
  t.deepEqual(fileSystemOf(-11317950), { name: 'cifs', isLocal: false }, 'a negative number on 32-bit hosts');
  t.deepEqual(fileSystemOf(0x1234), { name: 'unknown (0x1234)', isLocal: false });
});
