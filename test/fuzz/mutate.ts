/** Damage as it happens to logs, and as nobody would think of. */
import type { Random } from '../weave-random.js';

type Mutation = (log: Buffer, random: Random, others: readonly Buffer[]) => Buffer;

/** One of the logs, damaged in one to six places. */
export function mutatedLog(logs: readonly Buffer[], random: Random): Buffer {
  let log = random.pick(logs);
  for (let left = random.pick([1, 1, 2, 2, 3, 4, 6]); left > 0; left -= 1)
    log = random.pick(mutations)(log, random, logs);
  return log;
}

const controls = [
  '\r',
  '\b',
  '\r\n',
  '\n',
  '\t',
  '\x1b[1m',
  '\x1b[',
  '\x1b]0;',
  '\x1b[2K\r',
  '\x07',
  '\0',
  '\b\b\b\b\r',
  '\v',
  '\x85',
];
const tags = [
  '[1,0]<stdout>:',
  '[1,1]<stderr>:',
  '[1,9]<stdout>:',
  '[1,77]<stdout>:',
  '[0]<stdout>:',
  '[1,0]<stdout>: ',
  '[0] ',
  '[1] ',
  '[5] ',
  '1: ',
  ' 0: ',
  '[default0]:',
  '[default1]:',
  'Thu Jun 18 14:28:38 2020[1,1]<stdout>:',
  '[1,mpirank:1,algo-1]<stdout>:',
  '[1,0]<stddiag>:',
  '[n@1,1]<stdout>:',
  '[1,1][h:12]<stdout>: ',
];
const words = [
  'Epoch 1/3\n',
  '\nEpoch 2/3\n',
  'nan',
  '-inf',
  '1e-05',
  '1.2.3',
  ' - loss: 0.5',
  ' - val_loss: nan',
  '-'.repeat(74),
  `${'-'.repeat(74)}\n`,
  'Killed\n',
  'Traceback (most recent call last):\n',
  '13/13 [==============================] - ',
  "{'loss': 0.5, 'epoch': 1.0}",
  '100%|██████████| 5/5 [00:01<00:00,  4.90it/s, loss=0.5]',
  '\ufffd',
  '━━',
];
const broken = [Buffer.of(0xe2, 0x94), Buffer.of(0xff), Buffer.of(0x80), Buffer.of(0xf0, 0x9f, 0x98), Buffer.of(0xc3)];

const mutations: readonly Mutation[] = [
  (log, random) => splice(log, place(log, random), 1, Buffer.of(random.integer(0, 255))),
  (log, random) => {
    const at = place(log, random);
    return splice(log, at, 1, Buffer.of((log[at] ?? 0) ^ (1 << random.integer(0, 7))));
  },
  (log, random) => log.subarray(0, place(log, random)),
  (log, random) => log.subarray(Math.min(place(log, random), 2000)),
  (log, random) => splice(log, place(log, random), random.pick([1, 2, 5, 20, 200, 2000]), nothing),
  (log, random) => splice(log, place(log, random), 0, piece(log, random, 3000)),
  (log, random, others) => splice(log, place(log, random), 0, piece(random.pick(others), random, 1500)),
  (log, random, others) =>
    splice(log, place(log, random), random.integer(0, 300), piece(random.pick(others), random, 300)),
  (log, random) => splice(log, place(log, random), 0, Buffer.from(random.pick(controls), 'latin1')),
  (log, random) => splice(log, place(log, random), 0, Buffer.from(random.pick(tags), 'latin1')),
  (log, random) => splice(log, place(log, random), 0, Buffer.from(random.pick(words))),
  (log, random) => splice(log, place(log, random), 0, random.pick(broken)),
  (log, random) => splice(log, place(log, random), 0, Buffer.alloc(random.pick([1, 3, 40, 300, 5000]))),
  (log, random) => {
    const at = find(log, random, /\n/);
    return splice(log, at, 1, random.pick([nothing, Buffer.from('\r\n'), Buffer.from('\n\n'), Buffer.from('\r')]));
  },
  (log, random) =>
    splice(
      log,
      find(log, random, /[\b\r]/),
      random.pick([1, 1, 2, 30]),
      random.pick([nothing, Buffer.from('\r'), Buffer.from('\b\b\r')]),
    ),
  (log, random) => {
    const at = find(log, random, /\[\d+\]|\[\d+,\d+\]<std|\[default\d+\]:|\n *\d+: /) + random.integer(0, 12);
    return splice(
      log,
      at,
      random.integer(0, 2),
      random.pick([nothing, Buffer.from('1'), Buffer.from('<'), Buffer.from(']')]),
    );
  },
  (log, random) =>
    splice(
      log,
      find(log, random, /\d\.\d/) + random.integer(0, 3),
      random.integer(0, 3),
      Buffer.from(random.pick(['', '.', '9', 'e', '-', 'nan'])),
    ),
  (log, random) => {
    const from = find(log, random, /\n/);
    const to = find(log, random, /\n/);
    return Buffer.concat([log.subarray(0, from), log.subarray(to)]);
  },
];

const nothing = Buffer.alloc(0);

function place(log: Buffer, random: Random): number {
  return random.integer(0, log.length);
}

/** The next match behind a random place, else that place. */
function find(log: Buffer, random: Random, pattern: RegExp): number {
  const at = place(log, random);
  const found = log.toString('latin1', at, at + 4000).search(pattern);
  return found < 0 ? at : at + found;
}

function piece(log: Buffer, random: Random, most: number): Buffer {
  const at = place(log, random);
  return log.subarray(at, at + random.integer(1, most));
}

function splice(log: Buffer, at: number, count: number, insert: Buffer): Buffer {
  return Buffer.concat([log.subarray(0, at), insert, log.subarray(at + count)]);
}
