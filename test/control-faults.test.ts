/** A watcher that runs can be asked, whatever became of its socket's file and whatever variables the command has. */

import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { createSandbox, said } from './program.js';

test('UN25: commands reach a watcher without its variables, and after its socket or the folder of that was removed', async (t) => {
  const sandbox = createSandbox(t);
  const runtime = join(sandbox.home, 'run');
  mkdirSync(runtime);
  const env = { ...sandbox.environment, XDG_RUNTIME_DIR: runtime };
  const watch = sandbox.start(['watch', '--root', 'root'], { env });
  t.teardown(() => watch.kill());
  await said(t, watch, /watching/);
  const status = async () => (await sandbox.run('status', '--root', 'root')).exitCode;
  t.is(await status(), 0);
  // As at a logout; commands are then patient for as long as it takes the watcher to notice.
  rmSync(runtime, { recursive: true });
  t.is(await status(), 0);
  t.true(existsSync(join(sandbox.database(), '..', 'control.sock')));
});
