/** Program of a child in test/pool.test.ts that never begins to work. */

Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
