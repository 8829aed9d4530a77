/** Program of the children in test/pool.test.ts. */

import { writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { serve } from '../src/daemon/pool.js';

const kept: Buffer[] = [];

serve({
  pid: () => process.pid,
  /** Uses CPU time. */
  burn: (seconds: number) => {
    while (process.cpuUsage().user < seconds * 1e6);
    return process.pid;
  },
  keep: (bytes: number) => {
    kept.push(Buffer.alloc(bytes, 1));
    return process.pid;
  },
  /** Takes long, and says that it gets on. */
  plod: async (seconds: number, gotOn: () => void) => {
    for (const endMs = Date.now() + seconds * 1000; Date.now() < endMs; gotOn()) await setTimeout(50);
    return process.pid;
  },
  die: () => process.kill(process.pid, 'SIGKILL'),
  print: (text: string) => writeSync(1, text),
  printAndDie: (text: string) => {
    writeSync(2, text);
    process.kill(process.pid, 'SIGKILL');
  },
  fail: () => {
    throw new Error('as told');
  },
  hang: () => new Promise(() => {}),
});
