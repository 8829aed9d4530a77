/** Values of settings as numbers. */

/** A plain decimal number; what a double cannot hold exactly enough, such as a job id of 18 digits, stays text. */
export function maybeNumber(text: string): number | undefined {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return undefined;
  const digits = text
    .replace(/[eE].*$/, '')
    .replace(/\D/g, '')
    .replace(/^0+/, '');
  const value = Number(text);
  return digits.length <= 15 && Number.isFinite(value) ? value : undefined;
}
