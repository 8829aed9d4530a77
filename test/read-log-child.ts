/** Reads one log in a process of its own, for tests of what that takes: `read-log-child.js FILE`. */

import { parseExperiment } from '../src/log/parse-experiment.js';

const run = parseExperiment(process.argv[2] ?? '');
const losses = run.ranks.flatMap(({ epochs }) => [...(epochs.metrics.get('loss')?.values ?? [])]);
const { cutLines, nulBytes, quarantined } = run.receipt;
process.stdout.write(
  JSON.stringify({ losses, cutLines, nulBytes, quarantined, peakMb: process.resourceUsage().maxRSS / 1024 }),
);
