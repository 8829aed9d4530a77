/** `45: [default7]: iteration …`: srun --label around a launcher of its own, torchrun --tee for the most part. */
import { cutBytes, srunLabel } from './launchers/srun-manner.js';
import { localBase } from './rank-numbers.js';
import type { Opened } from './wrappers.js';

const label = new RegExp(`^${srunLabel.source}`);
/** `[rank3]:` is what PyTorch itself puts before a traceback: no launcher's. */
const torchTag = /^\[(?!rank\d)([A-Za-z_]{1,40})(\d{1,4})\]:/;
const mpiTag = /^[\w :]{0,24}\[[\w@.,-]{1,80}\]<std(?:out|err|diag)>:/;

/** Whether nearly all lines have a task's label, and behind it another launcher's tag. */
export function isSrunAround(head: string): boolean {
  if (!head.includes(']:') && !head.includes('>:')) return false;
  const lines = head.split('\n').slice(0, -1);
  const inside = lines.flatMap((line) => {
    const match = label.exec(line);
    return match ? [line.slice(match[0].length)] : [];
  });
  const tagged = inside.filter((text) => torchTag.test(text) || mpiTag.test(text));
  return tagged.length >= 2 && inside.length >= 0.8 * lines.length && tagged.length >= 0.5 * inside.length;
}

/** Takes labels off; local ranks of a task get a number that no other task's have, and what srun cut is joined. */
export function openSrun(): (line: string) => Opened {
  /** By task: the tag of a line that goes on. */
  const cut = new Map<string, string>();
  return (line) => {
    const match = label.exec(line);
    const task = match?.groups?.rank;
    if (!match || task === undefined) return { parts: [{ text: line, at: 0 }], isEnded: true };
    const at = match[0].length;
    const inside = line.slice(at);
    const torch = torchTag.exec(inside);
    const mine = (tag: string, name: string, local: string): string =>
      name === torch?.[1] ? `[${name}${Number(task) * localBase + Number(local)}]:` : tag;
    const text = torch ? inside.replace(/\[([A-Za-z_]{1,40})(\d{1,4})\]:/g, mine) : inside;
    const tag = torch ? (torchTag9.exec(text)?.[0] ?? '') : (mpiTag.exec(text)?.[0] ?? '');
    const before = tag === '' ? (cut.get(task) ?? '') : '';
    const isEnded = inside.length !== cutBytes;
    if (isEnded) cut.delete(task);
    else cut.set(task, tag === '' ? before : tag);
    return { parts: [{ text: before, at }, ...partsOf(inside, text, at)], isEnded };
  };
}

/** The same as `torchTag` with the number that a task's local rank got. */
const torchTag9 = /^\[[A-Za-z_]{1,40}\d{1,10}\]:/;

/** Tags that became longer have places of their own, so that offsets stay true. */
function partsOf(inside: string, text: string, at: number): Opened['parts'] {
  if (inside === text) return [{ text, at }];
  const [was, is] = [inside, text].map((each) => each.split(/(?<=\[[A-Za-z_]{1,40}\d{1,10}\]:)/));
  const parts: { text: string; at: number }[] = [];
  let position = at;
  for (const [index, part] of (is ?? []).entries()) {
    parts.push({ text: part, at: position });
    position += was?.[index]?.length ?? 0;
  }
  return parts;
}
