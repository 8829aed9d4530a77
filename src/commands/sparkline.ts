/** Small pictures in text, for a terminal. */

const blocks = '▁▂▃▄▅▆▇█';

/** A curve in at most `width` characters, low values low; `×` where a value is not finite, a blank where it is missing. */
export function sparkline(values: readonly (number | undefined)[], width: number): string {
  const buckets = inBuckets(values, width);
  const finite = buckets.filter((value): value is number => value !== undefined && Number.isFinite(value));
  const low = Math.min(...finite);
  const span = Math.max(...finite) - low;
  return buckets
    .map((value) => {
      if (value === undefined) return ' ';
      if (!Number.isFinite(value)) return '×';
      const height = span === 0 ? 3 : Math.round(((value - low) / span) * (blocks.length - 1));
      return blocks[height] ?? ' ';
    })
    .join('');
}

/** The last value of each bucket: what a run came to, not what it passed through. */
function inBuckets(values: readonly (number | undefined)[], width: number): (number | undefined)[] {
  if (values.length <= width) return [...values];
  return Array.from({ length: width }, (_, i) => values[Math.floor(((i + 1) * values.length) / width) - 1]);
}

/** `███░░ 31/40`: how far something is. */
export function progressBar(done: number, total: number, width: number): string {
  const filled = total > 0 ? Math.min(width, Math.round((done / total) * width)) : 0;
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)}`;
}
