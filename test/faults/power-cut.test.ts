/**
 * The power goes while a watcher works: the disk is a file system in an image, which is copied at some moment as it lies there,
 * without what the kernel still holds back. What the watcher had said to be read must be in the copy. TLW_POWER_CUTS sets how
 * often, TLW_SEED repeats a run.
 */

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import fc from 'fast-check';
import { packageRoot } from '../../src/package.js';
import { said } from '../program.js';
import { childrenOf, endWithTest, freeze, send, timeLimit } from './processes.js';
import { addLog, createScene, findTorn, onePass, rowsOf } from './scene.js';

const cuts = Number(process.env.TLW_POWER_CUTS ?? 4);
const seed = Number(process.env.TLW_SEED ?? 20261123);
const noReports = ['--set', 'outputs.report=false'];

const whyNot = await findWhyNot();
if (whyNot !== undefined) process.stderr.write(`skipped, a power cut: ${whyNot}\n`);
const diskTest = whyNot === undefined ? test.serial : test.serial.skip;

diskTest(`DB9, OUT1: the power goes ${cuts} times, and what was said to be read is there`, async (t) => {
  t.timeout(timeLimit(cuts));
  const names = readdirSync(join(packageRoot, 'test/fixtures/experiments')).sort();
  for (const [cut, logs] of fc.sample(fc.integer({ min: 1, max: 12 }), { numRuns: cuts, seed }).entries()) {
    const disk = await makeDisk(t);
    const scene = createScene(t, disk.folder);
    const watch = scene.start(['watch', '--root', 'root', ...noReports]);
    endWithTest(t, watch);
    const acknowledged: string[] = [];
    watch.stderr?.on('data', (chunk) => {
      for (const [, name = ''] of String(chunk).matchAll(/ experiment=(\S+)/g)) acknowledged.push(name);
    });
    for (let i = 0; i < logs; i++) {
      addLog(scene, names[(cut * 7 + i) % names.length] ?? '', `run_${i}`);
      if (i % 2 === 1) await said(t, watch, /experiment was read/);
    }
    await said(t, watch, /experiment was read/);
    await disk.cut([watch.pid ?? 0, ...childrenOf(watch.pid)]);
    // Only now is everything heard that it had said before it was stopped.
    await watch;

    const when = `seed ${seed}, cut ${cut + 1}`;
    t.deepEqual(await findTorn(scene), [], when);
    const kept = rowsOf(scene);
    const lost = acknowledged.filter((name) => ![...kept.keys()].some((key) => key.startsWith(`${name}/`)));
    t.deepEqual(lost, [], when);
    const last = await scene.run(...onePass, ...noReports);
    t.is(last.exitCode, 0, `${when}: ${last.stderr}`);
    t.deepEqual(await findTorn(scene), [], when);
    // Where the power went between the making of a folder and that of its log, the folder alone is there.
    const logsLeft = readdirSync(scene.root).filter((name) => existsSync(join(scene.root, name, `${name}.log`)));
    t.is(rowsOf(scene).size, logsLeft.length, when);
    await disk.remove();
  }
});

/** A small ext4 of its own, which writes back late. */
async function makeDisk(t: ExecutionContext) {
  const base = mkdtempSync(join(tmpdir(), 'tlw-disk-'));
  const [image, copy, folder] = [join(base, 'image'), join(base, 'copy'), join(base, 'disk')];
  mkdirSync(folder);
  await execa('truncate', ['-s', '96M', image]);
  await execa('mkfs.ext4', ['-q', image]);
  const mount = (file: string, options: string) => execa('mount', ['-o', `loop,${options}`, file, folder]);
  await mount(image, 'commit=60,noauto_da_alloc');
  const remove = async (): Promise<void> => {
    await execa('umount', [folder], { reject: false });
    rmSync(base, { recursive: true, force: true });
  };
  t.teardown(remove);
  return {
    folder,
    remove,
    /** Stops the processes, copies what is on the disk by then, ends them, and gives them the copy for a disk. */
    async cut(pids: readonly number[]): Promise<void> {
      for (const pid of pids) await freeze(pid);
      await execa('cp', ['--sparse=always', image, copy]);
      for (const pid of pids) send(pid, 'SIGKILL');
      await untilUnmounted(folder);
      await mount(copy, 'defaults');
    },
  };
}

/** Killed processes let go of a disk a moment later. */
async function untilUnmounted(folder: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const { exitCode, stderr } = await execa('umount', [folder], { reject: false });
    if (exitCode === 0) return;
    if (tries === 300) throw new Error(`expected ${folder} to be let go of within 30 s, got: ${stderr}`);
    await sleep(100);
  }
}

async function findWhyNot(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'only root may mount a disk';
  const made = await execa('losetup', ['-f'], { reject: false });
  return made.exitCode === 0 ? undefined : `no loop device: ${made.stderr}`;
}
