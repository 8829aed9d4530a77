/** Figures as people write them: `0.8514`, `1.2e-05`, `2 h 5 min`. */

/** A metric's figure with four decimals, or in scientific form where those would hide it. */
export function formatFigure(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6) return scientific(value, 3);
  return value.toFixed(Math.max(0, 3 - Math.max(-1, Math.floor(Math.log10(size)))));
}

/** A setting, e.g. a learning rate, with no more digits than it needs. */
export function formatSetting(value: number): string {
  const short = Number(value.toPrecision(4));
  const size = Math.abs(short);
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? scientific(short, 3) : String(short);
}

/** Seconds as `850 ms`, `9.50 s`, `12.5 s`, `2 min 5 s`, `2 h 5 min`, `3 d 4 h`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return formatFigure(seconds);
  if (seconds < 0.001) return `${trimmed((seconds * 1e6).toFixed(0))} µs`;
  if (seconds < 1) return `${trimmed((seconds * 1e3).toPrecision(3))} ms`;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 3599.5) return twoUnits(seconds, 60, 'min', 's');
  if (seconds < 86_370) return twoUnits(seconds / 60, 60, 'h', 'min');
  return twoUnits(seconds / 3600, 24, 'd', 'h');
}

/** Bytes as `512 B`, `12 kB`, `3.4 MB`. */
export function formatBytes(sizeBytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, sizeBytes)) / 3)));
  const value = sizeBytes / 1000 ** power;
  return `${value < 10 && power > 0 ? trimmed(value.toFixed(1)) : Math.round(value)} ${units[power]}`;
}

/** `1234567` as `1 234 567`, with thin spaces. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, '\u2009');
}

/** Rank numbers as `0–3, 7, 9`; past `limit` pieces `and 12 more`. */
export function formatRanges(numbers: readonly number[], limit = 8): string {
  const sorted = [...numbers].sort((a, b) => a - b);
  const runs: { from: number; to: number }[] = [];
  for (const number of sorted) {
    const last = runs.at(-1);
    if (last && number === last.to + 1) last.to = number;
    else runs.push({ from: number, to: number });
  }
  const shown = runs.slice(0, limit).map(({ from, to }) => {
    if (from === to) return `${from}`;
    return to === from + 1 ? `${from}, ${to}` : `${from}–${to}`;
  });
  const left = runs.slice(limit).reduce((sum, { from, to }) => sum + to - from + 1, 0);
  return shown.join(', ') + (left > 0 ? ` and ${left} more` : '');
}

/** A ratio of 1.4 as `+40 %`. */
export function percentMore(ratio: number): string {
  const share = Math.round((ratio - 1) * 100);
  return `${share < 0 ? '−' : '+'}${Math.abs(share)} %`;
}

/** `1 rank`, `4 ranks`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** Mantissa with up to `decimals` decimals, exponent of at least two digits: `1.2e-05`. */
export function scientific(value: number, decimals: number): string {
  const [mantissa = '', exponent = ''] = value.toExponential(decimals).split('e');
  const sign = exponent.startsWith('-') ? '-' : '+';
  return `${trimmed(mantissa)}e${sign}${exponent.slice(1).padStart(2, '0')}`;
}

/** Without trailing zeros, but with at least `minDecimals` decimals. */
function trimmed(text: string, minDecimals = 0): string {
  const [whole = '', decimals = ''] = text.split('.');
  const kept = decimals.replace(/0+$/, '').padEnd(minDecimals, '0');
  return kept === '' ? whole : `${whole}.${kept}`;
}

function twoUnits(value: number, size: number, big: string, small: string): string {
  const rounded = Math.round(value);
  const rest = rounded % size;
  return `${Math.floor(rounded / size)} ${big}${rest > 0 ? ` ${rest} ${small}` : ''}`;
}
