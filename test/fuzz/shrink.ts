/** Takes away from a log what is not needed for it to fail. */

/** The smallest log found that still fails, by taking pieces away, large ones first; at most `tries` times. */
export function shrink(log: Buffer, fails: (log: Buffer) => boolean, tries = 3000): Buffer {
  let smallest = log;
  let left = tries;
  for (let size = Math.ceil(log.length / 2); size >= 1 && left > 0; ) {
    let isSmaller = false;
    for (let at = 0; at < smallest.length && left > 0; left -= 1) {
      const without = Buffer.concat([smallest.subarray(0, at), smallest.subarray(at + size)]);
      if (fails(without)) {
        smallest = without;
        isSmaller = true;
      } else at += size;
    }
    if (!isSmaller || size > smallest.length) size = Math.floor(size / 2);
  }
  return smallest;
}
