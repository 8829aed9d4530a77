/** Takes off what stands around a launcher's output, layer by layer. Everything behind this sees the bytes that the launcher wrote. */
import { type Wrapper, wrappers } from './wrappers.js';

/** A line may be this long before it is handed on in parts. */
const holdBytes = 4 * 1024 * 1024;
/** A container's log in a service's view, of a task that a launcher started: more layers were never seen. */
const mostLayers = 3;

/** Bytes, and pairs: position in them, byte offset in the log. */
export interface Unwrapped {
  readonly bytes: Buffer;
  readonly marks: readonly number[];
}

/** Opens wrapped bytes as they come; a line that is not whole yet is kept for the next call. */
export interface Unwrapper {
  feed(bytes: Buffer, offset: number, final: boolean): Unwrapped;
}

/** The layers around a log. */
export interface Layers {
  readonly wrappers: readonly Wrapper[];
  readonly unwrapper: () => Unwrapper;
}

/** Told from a log's first bytes (as latin1); undefined for a plain log. */
export function detectLayers(head: string): Layers | undefined {
  const layers: Wrapper[] = [];
  for (let inside = head; layers.length < mostLayers; ) {
    const lines = inside.match(/\n[^\n]/g)?.length ?? 0;
    const found = wrappers.find((wrapper) => !layers.includes(wrapper) && wrapper.isAround(inside, lines));
    if (!found) break;
    layers.push(found);
    inside = layerUnwrapper(found)
      .feed(whole(Buffer.from(inside, 'latin1')), true)
      .bytes.toString('latin1');
  }
  return layers.length > 0 ? { wrappers: layers, unwrapper: () => unwrapper(layers) } : undefined;
}

/** The byte offset in the log of a position among unwrapped bytes. Marks are in order, and looked for from behind: a line ends near what was read last. */
export function offsetByMarks(marks: readonly number[], position: number): number {
  let at = marks.length - 2;
  while (at > 0 && (marks[at] as number) > position) at -= 2;
  return at < 0 ? position : (marks[at + 1] as number) + position - (marks[at] as number);
}

/** Marks of what is left when the first `done` bytes have gone. */
export function dropMarks(marks: readonly number[], done: number): number[] {
  const kept: number[] = [];
  for (let i = 0; i < marks.length; i += 2) {
    const next = marks[i + 2] ?? Number.POSITIVE_INFINITY;
    if (next > done) kept.push((marks[i] as number) - done, marks[i + 1] as number);
  }
  return kept;
}

function unwrapper(layers: readonly Wrapper[]): Unwrapper {
  const each = layers.map(layerUnwrapper);
  return {
    feed: (bytes, offset, final) =>
      each.reduce<Unwrapped>((inside, layer) => layer.feed(inside, final), { bytes, marks: [0, offset] }),
  };
}

function whole(bytes: Buffer): Unwrapped {
  return { bytes, marks: [0, 0] };
}

/** One layer of a wrapper. */
function layerUnwrapper(wrapper: Wrapper): { feed: (around: Unwrapped, final: boolean) => Unwrapped } {
  const open = wrapper.opener();
  let rest = '';
  let restMarks: number[] = [];
  return {
    feed(around, final) {
      const text = rest + around.bytes.toString('latin1');
      const outer = [...restMarks];
      for (let i = 0; i < around.marks.length; i += 2)
        outer.push(rest.length + (around.marks[i] as number), around.marks[i + 1] as number);
      const out = new Parts(outer);
      let start = 0;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
        const { parts, isEnded } = open(text.slice(start, end));
        for (const part of parts) out.add(part.text, start + part.at);
        if (isEnded) out.add('\n', end);
        start = end + 1;
      }
      if ((final && start < text.length) || text.length - start > holdBytes) {
        for (const part of open(text.slice(start)).parts) out.add(part.text, start + part.at);
        start = text.length;
      }
      rest = text.slice(start);
      restMarks = dropMarks(outer, start);
      return { bytes: Buffer.from(out.texts.join(''), 'latin1'), marks: out.marks };
    },
  };
}

/** Texts taken from places in order, with marks that lead back to the log. */
class Parts {
  readonly texts: string[] = [];
  readonly marks: number[] = [];
  readonly #outer: readonly number[];
  #length = 0;
  /** The last outer mark at or before the part at hand. */
  #at = 0;
  /** Where in the surrounding text the next part begins if nothing is left out between. */
  #next = -1;

  constructor(outer: readonly number[]) {
    this.#outer = outer;
  }

  add(text: string, at: number): void {
    if (text === '') return;
    const outer = this.#outer;
    while ((outer[this.#at + 2] ?? Number.POSITIVE_INFINITY) <= at) this.#at += 2;
    if (at !== this.#next) this.marks.push(this.#length, (outer[this.#at + 1] ?? 0) + at - (outer[this.#at] ?? 0));
    // The surrounding layer left something out within this part, or right before it.
    for (let i = this.#at; i < outer.length && (outer[i] as number) < at + text.length; i += 2)
      if ((outer[i] as number) >= at && (at === this.#next || (outer[i] as number) > at))
        this.marks.push(this.#length + (outer[i] as number) - at, outer[i + 1] as number);
    this.texts.push(text);
    this.#length += text.length;
    this.#next = at + text.length;
  }
}
