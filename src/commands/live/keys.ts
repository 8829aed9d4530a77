/** What a key means on the live screen. */
export type Key = 'quit' | 'suspend' | 'up' | 'down' | 'enter' | 'back' | 'sort';

const meanings: ReadonlyMap<string, Key> = new Map([
  ['q', 'quit'],
  ['Q', 'quit'],
  ['\u0003', 'quit'],
  ['\u0004', 'quit'],
  ['\u001A', 'suspend'],
  ['\u001B[A', 'up'],
  ['\u001BOA', 'up'],
  ['k', 'up'],
  ['\u001B[B', 'down'],
  ['\u001BOB', 'down'],
  ['j', 'down'],
  ['\r', 'enter'],
  ['\u001B[C', 'enter'],
  ['\u001B', 'back'],
  ['\u001B[D', 'back'],
  ['s', 'sort'],
]);

/** Escape sequences of arrows, a lone escape, or one character. */
const keyPattern = /\u001B(?:[[O][A-Za-z])?|[\s\S]/g;

/** Tells each key that means something, until the function that comes back is called; without a keyboard, nothing. */
export function readKeys(stdin: NodeJS.ReadStream, tell: (key: Key) => void): () => void {
  if (!stdin.isTTY) return () => {};
  const hear = (data: Buffer): void => {
    for (const [text] of data.toString('latin1').matchAll(keyPattern)) {
      const key = meanings.get(text);
      if (key !== undefined) tell(key);
    }
  };
  stdin.setRawMode(true);
  stdin.on('data', hear);
  stdin.resume();
  return () => {
    stdin.off('data', hear);
    stdin.setRawMode(false);
    stdin.pause();
  };
}
