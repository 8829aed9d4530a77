/** A root on a file server that does not answer: bindfs, stopped. */

import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { execa, execaSync } from 'execa';
import type { Sandbox } from './program.js';

/** Why no root can be made to hang here; undefined where it can. */
export const whyNoHang =
  process.getuid?.() !== 0 || !existsSync('/dev/fuse')
    ? 'a mount needs root and /dev/fuse'
    : execaSync('bindfs', ['--version'], { reject: false }).exitCode === 0
      ? undefined
      : 'bindfs is not installed';

/** Lets a root, with all that is in it, answer once more, and then no longer. */
export async function hangRoot(t: Pick<ExecutionContext, 'teardown'>, { home, root }: Sandbox): Promise<void> {
  const back = join(home, 'back');
  renameSync(root, back);
  mkdirSync(root);
  mkdirSync(join(back, 'there'));
  const mount = execa('bindfs', ['-f', back, root], { reject: false });
  t.teardown(async () => {
    mount.kill('SIGKILL');
    await execa('fusermount3', ['-u', '-z', root], { reject: false });
  });
  while (!existsSync(join(root, 'there'))) await sleep(20);
  mount.kill('SIGSTOP');
}
