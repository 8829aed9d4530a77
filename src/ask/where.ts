/** Conditions on experiments as people type them: `lr<=0.01 and bs=64`, `status=failed or val_loss>2`, `name~resnet`. Pure. */

/** The value of a field: text, number, or undefined where the experiment has none of that name. */
export type FieldReader<Item> = (item: Item, field: string) => string | number | undefined;

export type Condition<Item> = (item: Item) => boolean;

/** The text is no condition; `message` says where, what was expected and what came. */
export class WhereError extends Error {
  override readonly name = 'WhereError';
}

interface Token {
  readonly kind: 'word' | 'operator' | 'open' | 'close' | 'end';
  readonly text: string;
  readonly at: number;
}

const operators = ['<=', '>=', '!=', '==', '!~', '<', '>', '=', '~'] as const;
type Operator = (typeof operators)[number];

/**
 * Parses a condition: comparisons `field op value` with = != < <= > >= ~ (contains) !~, joined by `and`, `or`, `not`, parentheses.
 * Values with blanks stand in quotes. `field` is asked of `read`; one that an experiment lacks fails every comparison but != and !~.
 */
export function parseWhere<Item>(
  text: string,
  read: FieldReader<Item>,
  isField: (name: string) => boolean = () => true,
): Condition<Item> {
  const tokens = tokenize(text);
  let next = 0;
  const peek = (): Token => tokens[next] ?? { kind: 'end', text: '', at: text.length };
  const take = (): Token => {
    const token = peek();
    next += 1;
    return token;
  };
  const fail = (expected: string, token: Token): never => {
    throw new WhereError(
      `--where "${text}": expected ${expected} at column ${token.at + 1}, got ${token.kind === 'end' ? 'the end' : `"${token.text}"`}`,
    );
  };
  const isWord = (token: Token, word: string): boolean => token.kind === 'word' && token.text.toLowerCase() === word;

  const disjunction = (): Condition<Item> => {
    let left = conjunction();
    while (isWord(peek(), 'or')) {
      take();
      const [a, b] = [left, conjunction()];
      left = (item) => a(item) || b(item);
    }
    return left;
  };
  const conjunction = (): Condition<Item> => {
    let left = negation();
    while (isWord(peek(), 'and')) {
      take();
      const [a, b] = [left, negation()];
      left = (item) => a(item) && b(item);
    }
    return left;
  };
  const negation = (): Condition<Item> => {
    if (isWord(peek(), 'not')) {
      take();
      const inner = negation();
      return (item) => !inner(item);
    }
    if (peek().kind !== 'open') return comparison();
    take();
    const inner = disjunction();
    if (peek().kind !== 'close') fail('")"', peek());
    take();
    return inner;
  };
  const comparison = (): Condition<Item> => {
    const field = take();
    if (field.kind !== 'word') fail('a setting or metric', field);
    if (!isField(field.text)) fail('the name of a setting, metric or column', field);
    const operator = take();
    const found = operators.find((each) => each === operator.text);
    if (operator.kind !== 'operator' || found === undefined) return fail(`one of ${operators.join(' ')}`, operator);
    const value = take();
    if (value.kind !== 'word') fail('a value', value);
    return (item) => compare(read(item, field.text), found, value.text);
  };

  const condition = disjunction();
  if (peek().kind !== 'end') fail('"and" or "or"', peek());
  return condition;
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /\s*(?:(<=|>=|!=|==|!~|<|>|=|~)|(\()|(\))|"([^"]*)"|'([^']*)'|([^\s()<>=!~"']+))/y;
  while (pattern.lastIndex < text.trimEnd().length) {
    const start = pattern.lastIndex;
    const match = pattern.exec(text);
    if (!match)
      throw new WhereError(
        `--where "${text}": expected a comparison such as lr<=0.01 at column ${start + 1}, got "${text.slice(start).trim()}"`,
      );
    const [whole, operator, open, close, double, single, word] = match;
    const kind = operator ? 'operator' : open ? 'open' : close ? 'close' : 'word';
    const value = operator ?? open ?? close ?? double ?? single ?? word ?? '';
    tokens.push({ kind, text: value, at: start + whole.length - whole.trimStart().length });
  }
  return tokens;
}

function compare(actual: string | number | undefined, operator: Operator, wanted: string): boolean {
  if (actual === undefined) return operator === '!=' || operator === '!~';
  const [a, b] = [Number(actual), Number(wanted)];
  const areNumbers = actual !== '' && wanted !== '' && !Number.isNaN(a) && !Number.isNaN(b);
  const order = areNumbers ? a - b : String(actual) < wanted ? -1 : String(actual) > wanted ? 1 : 0;
  switch (operator) {
    case '=':
    case '==':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return isComparable(actual, areNumbers) && order < 0;
    case '<=':
      return isComparable(actual, areNumbers) && order <= 0;
    case '>':
      return isComparable(actual, areNumbers) && order > 0;
    case '>=':
      return isComparable(actual, areNumbers) && order >= 0;
    case '~':
      return String(actual).toLowerCase().includes(wanted.toLowerCase());
    case '!~':
      return !String(actual).toLowerCase().includes(wanted.toLowerCase());
  }
}

/** NaN is neither below nor above anything. */
function isComparable(actual: string | number, areNumbers: boolean): boolean {
  return areNumbers || typeof actual === 'string';
}
