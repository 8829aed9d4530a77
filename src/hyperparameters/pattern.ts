/** The two forms in which a user describes how experiments are named; see docs/configuration.md. */
export type Pattern = PairsPattern | TemplatePattern;

/** `key_value_value-key_value`: an example name with the words `key` and `value` and the separators between them. */
export interface PairsPattern {
  readonly kind: 'pairs';
  /** Between a key and its value; empty in `keyvalue_keyvalue`. */
  readonly assign: string;
  /** Between the values of one key; null where the pattern shows one value only. */
  readonly list: string | null;
  /** Between two settings. */
  readonly field: string;
}

/** `{model}_{lr}_{bs}`: names without keys, whose places say what they are. `{_}` is a part to leave out. */
export interface TemplatePattern {
  readonly kind: 'template';
  /** literals[i] stands before placeholders[i]; one literal more than placeholders. */
  readonly literals: readonly string[];
  readonly placeholders: readonly string[];
}

/** Reads a pattern as the user wrote it; throws an Error whose message says what is wrong with it. */
export function parsePattern(text: string): Pattern {
  return text.includes('{') ? parseTemplate(text) : parsePairs(text);
}

/** What a template says of a name: placeholder and text in order, or undefined where the name is not of that form. */
export function matchTemplate(pattern: TemplatePattern, name: string): [string, string][] | undefined {
  const [head = '', ...rest] = pattern.literals;
  if (!name.startsWith(head)) return undefined;
  const found: [string, string][] = [];
  let at = head.length;
  for (const [i, placeholder] of pattern.placeholders.entries()) {
    const literal = rest[i] ?? '';
    const isLast = i === pattern.placeholders.length - 1;
    const end = isLast ? name.length - literal.length : indexOfSeparator(name, literal, at + 1);
    if (end <= at || !name.startsWith(literal, end)) return undefined;
    if (placeholder !== '_') found.push([placeholder, name.slice(at, end)]);
    at = end + literal.length;
  }
  return found;
}

function parsePairs(text: string): PairsPattern {
  const match =
    /^key(?<assign>[^A-Za-z0-9]*)value(?:(?<list>[^A-Za-z0-9]+)value)?(?<field>[^A-Za-z0-9]+)key\k<assign>value$/.exec(
      text,
    );
  const field = match?.groups?.field;
  if (field === undefined) {
    throw new Error(
      'expected an example such as "key_value-key_value" or "key=value,key=value", or a template such as "{model}_{lr}_{bs}"',
    );
  }
  return { kind: 'pairs', assign: match?.groups?.assign ?? '', list: match?.groups?.list ?? null, field };
}

function parseTemplate(text: string): TemplatePattern {
  const parts = text.split(/\{([^{}]*)\}/);
  const literals = parts.filter((_, i) => i % 2 === 0);
  const placeholders = parts.filter((_, i) => i % 2 === 1);
  if (placeholders.length === 0 || literals.some((literal) => /[{}]/.test(literal))) {
    throw new Error('expected each "{" closed by a "}", as in "{model}_{lr}_{bs}"');
  }
  if (placeholders.includes('')) throw new Error('expected a name between "{" and "}"');
  if (literals.slice(1, -1).includes('')) throw new Error('expected a separator between "}" and the next "{"');
  return { kind: 'template', literals, placeholders };
}

/** Where the separator next stands, but not as the minus of an exponent: `1e-05-64` is `1e-05` and `64`. */
function indexOfSeparator(name: string, separator: string, from: number): number {
  let at = name.indexOf(separator, from);
  while (at >= 0 && separator.startsWith('-') && /\d[eE]$/.test(name.slice(0, at)) && /\d/.test(name.charAt(at + 1))) {
    at = name.indexOf(separator, at + 1);
  }
  return at;
}
