/**
 * Which words of several lists stand in a text, by one look at each of its characters (Aho and Corasick, 1975). A regular
 * expression of so many alternatives tries them all at every character.
 */

/** Returns a sum of the lists' powers of two, 2^i for `lists[i]`, of those that have a word in the text; at most 31 lists of ASCII words, a few thousand letters in all. */
export function createWordFinder(lists: readonly (readonly string[])[]): (text: string) => number {
  const { classes, width } = classify(lists.flat());
  const { next, telling, masks } = automaton(lists, classes, width);
  return (text) => {
    let found = 0;
    let state = 0;
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i);
      state = code < ascii ? (next[state + (classes[code] as number)] as number) : 0;
      if (state >= telling) found |= masks[(state - telling) / width] as number;
    }
    return found;
  };
}

const ascii = 128;

/** Numbers the characters that words have, from 1; 0 are all others. */
function classify(words: readonly string[]): { classes: Uint8Array; width: number } {
  const classes = new Uint8Array(ascii);
  const letters = new Set(words.join(''));
  for (const [i, letter] of [...letters].entries()) classes[letter.charCodeAt(0)] = i + 1;
  return { classes, width: letters.size + 1 };
}

interface Automaton {
  /** A state is `width` × its number, so that a step is a sum and a look. */
  readonly next: Uint16Array;
  /** States from this one on are those in which a word has just ended, each with its lists in `masks`. */
  readonly telling: number;
  readonly masks: readonly number[];
}

function automaton(lists: readonly (readonly string[])[], classes: Uint8Array, width: number): Automaton {
  const tree: { next: Int32Array; mask: number }[] = [];
  const grow = (): number => tree.push({ next: new Int32Array(width), mask: 0 }) - 1;
  grow();
  for (const [i, words] of lists.entries()) {
    for (const word of words) {
      let node = 0;
      for (let at = 0; at < word.length; at += 1) {
        const { next } = tree[node] as (typeof tree)[number];
        const letter = classes[word.charCodeAt(at)] as number;
        if (next[letter] === 0) next[letter] = grow();
        node = next[letter] as number;
      }
      (tree[node] as (typeof tree)[number]).mask |= 2 ** i;
    }
  }
  // Breadth first: where a word does not go on, what goes on is the longest end of it that begins another.
  const fallback = new Int32Array(tree.length);
  const order = [0];
  for (const node of order) {
    const { next } = tree[node] as (typeof tree)[number];
    const back = tree[fallback[node] as number] as (typeof tree)[number];
    (tree[node] as (typeof tree)[number]).mask |= back.mask;
    for (let letter = 1; letter < width; letter += 1) {
      const child = next[letter] as number;
      const elsewhere = node === 0 ? 0 : (back.next[letter] as number);
      if (child === 0) next[letter] = elsewhere;
      else {
        fallback[child] = elsewhere;
        order.push(child);
      }
    }
  }
  const silent = order.filter((node) => tree[node]?.mask === 0);
  const numbered = [...silent, ...order.filter((node) => tree[node]?.mask !== 0)];
  const states = new Uint16Array(tree.length);
  for (const [i, node] of numbered.entries()) states[node] = i * width;
  const next = new Uint16Array(tree.length * width);
  for (const [i, node] of numbered.entries())
    next.set(
      Uint16Array.from(tree[node]?.next ?? [], (child) => states[child] as number),
      i * width,
    );
  const masks = numbered.slice(silent.length).map((node) => tree[node]?.mask ?? 0);
  return { next, telling: silent.length * width, masks };
}
