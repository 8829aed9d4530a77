/** How much may still be written: what the disk has, and what the user may have of it. */

import type { ExaminedFolder } from '../../daemon/examine.js';
import { exitCodes } from '../../user-error.js';
import { type Finding, fail, ok, warn } from './finding.js';
import { quotaDeadlineMs, readQuota, type Share } from './quota.js';

const leastBytes = 500e6;
const leastShare = 0.02;
/** Of a quota: who has used more is soon at its end. */
const mostOfQuota = 0.95;

const roomAdvice = 'make room: on a full disk nothing is lost, but nothing new is saved or written either';

/** A folder on which nothing can be written any more. */
export function fullDisk(topic: string, path: string, { unwritable }: ExaminedFolder): Finding {
  return fail(topic, `${path}: ${unwritable}`, roomAdvice, exitCodes.inputOutput);
}

/** Space, inodes and, where a program of the system reports it, the user's quota; of a folder that a file could be written in. */
export function checkSpace(topic: string, folder: ExaminedFolder): Finding {
  const { freeBytes, totalBytes, freeInodes, totalInodes, mount } = folder;
  const inodes = totalInodes > 0 ? ` and ${freeInodes.toLocaleString('en')} inodes` : '';
  const quota = mount === null ? null : readQuota(mount);
  const ofQuota =
    quota === null || quota === 'silent'
      ? []
      : [describe(quota.space, bytesText), describe(quota.files, (count) => count.toLocaleString('en'), ' files')];
  const isShort =
    freeBytes < leastBytes ||
    freeBytes < totalBytes * leastShare ||
    (totalInodes > 0 && freeInodes < Math.max(1000, (totalInodes * leastShare) / 10)) ||
    ofQuota.some((share) => share.isShort);
  const said =
    ofQuota.length > 0
      ? `your quota: ${ofQuota.map(({ text }) => text).join(', ')}`
      : 'a file could be written, so no quota is used up';
  const text = `${bytesText(freeBytes)} of ${bytesText(totalBytes)}${inodes} free; ${said}`;
  if (isShort) return warn(topic, text, roomAdvice);
  if (ofQuota.length > 0) return ok(topic, text);
  const ask = mount?.type === 'lustre' ? `lfs quota -h ${mount.mountPoint}` : 'quota -s';
  return ok(
    topic,
    `${text} (how much of one is left: ${ask}${quota === 'silent' ? `, which gave no answer within ${quotaDeadlineMs / 1000} s` : ''})`,
  );
}

function describe(
  { used, soft, hard }: Share,
  show: (amount: number) => string,
  unit = '',
): { text: string; isShort: boolean } {
  const limit = hard || soft;
  if (limit === 0) return { text: `${show(used)}${unit} without a limit`, isShort: false };
  const isOver = soft > 0 && used > soft;
  const text = `${show(used)} of ${show(limit)}${unit}${isOver ? ` (over the ${show(soft)} that you may keep)` : ''}`;
  return { text, isShort: isOver || used > limit * mostOfQuota };
}

function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return `${(bytes / 1000 ** power).toFixed(power > 2 ? 1 : 0)} ${units[power]}`;
}
