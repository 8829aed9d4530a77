/** JSON columns, read back with their shape checked. */

/** A JSON array of texts. */
export function parseStrings(json: string): string[] {
  const value: unknown = JSON.parse(json);
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw new Error(`expected a JSON array of texts, got ${json.slice(0, 100)}`);
}

/** A JSON object of numbers and nulls, as entries. */
export function parseNumbers(json: string): Map<string, number | null> {
  const value: unknown = JSON.parse(json);
  const entries = Object.entries(Object(value));
  return new Map(entries.map(([name, figure]) => [name, typeof figure === 'number' ? figure : null]));
}
