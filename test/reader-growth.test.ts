/** A log that grows is read from where the reading stopped, and says in the end what it says when it is read whole. */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { openLog, type ParseOptions, parseLog } from '../src/log/parse-log.js';
import { differences } from './fuzz/check.js';
import { arbitraryTraining, weaveTraining } from './weave.js';
import { untagged, type WovenLauncher, wovenLaunchers } from './weave-launchers.js';

const folder = mkdtempSync(path.join(tmpdir(), 'reader-growth-'));
const file = path.join(folder, 'growing.log');
test.after.always(() => rmSync(folder, { recursive: true }));

/** Places where a cut hurts: inside tags, characters, bars, moves of the cursor and line ends. */
const sorePlaces: Readonly<Record<string, RegExp>> = {
  'a tag': /\[[\w.,@:-]*\]|<std\w+>:|\n *\d+: /g,
  'a character of several bytes': /[\xc0-\xff][\x80-\xbf]+/g,
  'a bar': /\d+\/\d+ \[[=>.]+\]|\xe2\x94\x81/g,
  'a figure': /\d\.\d+/g,
  'moves of the cursor': /[\b\r]+/g,
  'a line end': /\r?\n/g,
};

interface Kind {
  readonly title: string;
  readonly launcher: WovenLauncher;
  /** Puts another tag in place of the launcher's; of the log's bytes as latin1. */
  readonly retag?: (log: string) => string;
  readonly options?: ParseOptions;
}

const named = (name: string): WovenLauncher =>
  wovenLaunchers.find((candidate) => candidate.name === name) as WovenLauncher;
const kinds: readonly Kind[] = [
  ...[...wovenLaunchers, untagged].map((launcher) => ({ title: `${launcher.name} ${launcher.style}`, launcher })),
  {
    title: 'sagemaker',
    launcher: named('openmpi'),
    retag: (log) => log.replaceAll(/\[1,(\d+)\]</g, '[1,mpirank:$1,algo-1]<'),
  },
  {
    title: 'custom',
    launcher: named('prrte'),
    retag: (log) => log.replaceAll(/^\[1,(\d+)\]<std\w+>: /gm, 'worker $1 | '),
    options: { rankPrefix: 'worker (?P<rank>\\d+) \\| ' },
  },
];

for (const { title, launcher, retag, options: own } of kinds) {
  test(`${title}: cut anywhere, and where it hurts`, (t) => {
    const cases = fc.record({
      training: arbitraryTraining,
      seed: fc.integer(),
      sore: fc.constantFrom('anywhere', ...Object.keys(sorePlaces)),
      at: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 4 }),
      maxPoints: fc.constantFrom(undefined, undefined, 5),
      isLookedAt: fc.boolean(),
    });
    t.notThrows(() =>
      fc.assert(
        fc.property(cases, ({ training, seed, sore, at, maxPoints, isLookedAt }) => {
          const { woven } = weaveTraining(training, launcher, seed);
          const bytes = retag ? Buffer.from(retag(woven.bytes.toString('latin1')), 'latin1') : woven.bytes;
          const places = [...bytes.toString('latin1').matchAll(sorePlaces[sore] ?? /[\s\S]/g)].map(
            (match) => match.index + Math.ceil(match[0].length / 2),
          );
          const cuts = at.map((share) => places[Math.floor(share * places.length)] ?? 0).sort((a, b) => a - b);
          const options = { ...own, ...(maxPoints === undefined ? {} : { maxPoints }) };
          const grown = readGrowing(bytes, cuts, options, isLookedAt);
          const faults = differences(grown, parseLog(file, options));
          if (faults.length > 0) throw new Error(`cut at ${cuts}:\n${faults.join('\n')}`);
        }),
        { numRuns: 60 },
      ),
    );
  });
}

function readGrowing(bytes: Buffer, cuts: readonly number[], options: ParseOptions, isLookedAt: boolean): unknown {
  writeFileSync(file, '');
  const reading = openLog(file, options);
  try {
    let from = 0;
    for (const cut of [...cuts, bytes.length]) {
      appendFileSync(file, bytes.subarray(from, cut));
      from = cut;
      reading.advance();
      if (isLookedAt) reading.run(false);
    }
    return reading.run(true);
  } finally {
    reading.close();
  }
}
