import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import test from 'ava';

const children: [script: string, order: object][] = [
  ['watch/scan-child.js', { kind: 'look', looks: [] }],
  ['daemon/child.js', { id: 1, method: 'methods', params: [] }],
];

for (const [script, order] of children) {
  test(`${script}: where the channel was closed meanwhile it ends without a word`, async (t) => {
    const child = fork(fileURLToPath(new URL(`../src/${script}`, import.meta.url)), {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let said = '';
    child.stderr?.on('data', (chunk) => (said += String(chunk)));
    await once(child, 'message');
    // It finds the order and the end of the channel at the same time, and answers nobody.
    child.kill('SIGSTOP');
    child.send(order);
    child.disconnect();
    const ended = [once(child, 'exit'), once(child.stderr ?? child, 'end')];
    child.kill('SIGCONT');
    await Promise.all(ended);
    t.is(said, '');
  });
}
