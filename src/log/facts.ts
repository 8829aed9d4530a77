/** Facts that any program may print: hosts, the scheduler's job, the number of ranks, how long the training took. */
import type { CommonReader } from './common.js';
import { bitOf, commonWordsIn } from './common-words.js';
import type { LogEvent } from './event.js';
import { maybeDuration, maybeRankNumber, mostRanks } from './numbers.js';

/** Reads facts; keeps no state. */
export function createFactReader(): CommonReader {
  return {
    line(text, stream, _, words = commonWordsIn(text)) {
      return (
        (words & bits.host ? readHost(text, stream !== 'launcher') : undefined) ??
        (words & bits.job ? readJob(text) : undefined) ??
        (words & bits.worldSize ? readWorldSize(text) : undefined) ??
        (words & bits.totalTime ? readTotalTime(text) : undefined)
      );
    },
  };
}

const bits = {
  host: bitOf('host'),
  job: bitOf('job'),
  worldSize: bitOf('worldSize'),
  totalTime: bitOf('totalTime'),
};

/** `[vm:09629] MCW rank 0 bound to socket 0`, `Rank 3 running on node01`, and of a rank's own stream `hostname: node01`. */
function readHost(text: string, isRanksOwn: boolean): LogEvent | undefined {
  const bound = /\[([\w.-]+):\d+\] (?:MCW r|R)ank (\d+) (?:is not )?bound/.exec(text);
  const boundRank = maybeRankNumber(bound?.[2]);
  if (bound?.[1] && boundRank !== undefined) return { kind: 'host', host: bound[1], rank: boundRank };
  const on =
    /\b[Rr]ank[ :=#]*(\d+)(?: ?(?:\/|of) ?\d+)?[ ,:-]*(?:is )?(?:running )?on (?:host(?:name)? |node )?([A-Za-z][\w.-]*\d[\w.-]*)(?=$|[\s,;.)])/.exec(
      text,
    );
  const onRank = maybeRankNumber(on?.[1]);
  if (on?.[2] && onRank !== undefined && !/^(?:cuda|gpu|cpu|device|hip|xpu|tpu|mps)/i.test(on[2])) {
    return { kind: 'host', host: on[2].replace(/\.$/, ''), rank: onRank };
  }
  if (!isRanksOwn) return undefined;
  const own =
    /^\s*(?:host ?name|host|node ?name|nodename|node)\s*[:=]\s*([A-Za-z][\w.-]*)\s*$/i.exec(text) ??
    /^\s*[Rr]unning on (?:host(?:name)?:? |node:? )([A-Za-z][\w.-]*?)\.?\s*$/.exec(text);
  return own?.[1] ? { kind: 'host', host: own[1] } : undefined;
}

function readJob(text: string): LogEvent | undefined {
  const match =
    /\b(?:SLURM_JOB_?ID|PBS_JOBID|LSB_JOBID)\b["']?\s*[:=]\s*["']?(\d[\w.[\]-]*)/.exec(text) ??
    /^\s*(?:(?:SLURM|Slurm|LSF|PBS) )?(?:JOB|Job|job) ?(?:ID|Id|id)\s*[:=]\s*(\d[\w.[\]-]*)\s*$/.exec(text);
  return match?.[1] ? { kind: 'job', id: match[1] } : undefined;
}

function readWorldSize(text: string): LogEvent | undefined {
  const match =
    /(?:^|[^\w])(?:world[_ ]?size|WORLD[_ ]?SIZE|World ?[Ss]ize|hvd\.size\(\))["']?\s*[:=]\s*(\d+)(?![\d.])/.exec(
      text,
    ) ?? /\bncclCommInitRank\w* .{0,300}\bnranks (\d+)\b/.exec(text);
  const ranks = Number(match?.[1] ?? 0);
  return ranks > 0 && ranks <= mostRanks ? { kind: 'world_size', ranks } : undefined;
}

/** `Total time elapsed for training = 2125.77 seconds`, `Training time: 0:12:34`, `Training complete in 1m 23s`; none of an epoch's. */
function readTotalTime(text: string): LogEvent | undefined {
  const match = totalTime.exec(text);
  if (!match || /epoch|step|batch|iter|average|avg|mean|\bper\b|fold|sample|estimat|remain/i.test(text))
    return undefined;
  const seconds = secondsOf(match[1] ?? '');
  return seconds === undefined ? undefined : { kind: 'total_time', seconds };
}

// The unit is a must: nobody can know it else, and a figure that ends a line may have been cut.
const totalTime =
  /(?:^|[\s:>\])|-])(?:(?:total )?(?:elapsed )?time (?:elapsed )?(?:for|of) (?:the )?training|(?:total )?(?:elapsed )?train(?:ing)? (?:wall )?(?:time|duration)|training (?:is )?(?:finished|complete[d]?|done|took|ended)(?: in| after)?|finished(?: training)?(?: in)?,? (?:total|training) time)[\s=:]*(\d[\w:., ]*?)[.!]?\s*$/i;

/** `4.11s`, `12.5 seconds`, `1m 23s`, `0h 12m 3s`, `0:12:34`, `1 day, 2:03:04`; undefined for a number without a unit. */
function secondsOf(text: string): number | undefined {
  const clock = /^(?:(\d+) days?, )?(\d+:\d\d:\d\d(?:\.\d+)?)$/.exec(text);
  if (clock) {
    const ofDay = maybeDuration(clock[2] ?? '');
    return ofDay === undefined ? undefined : Number(clock[1] ?? 0) * 86_400 + ofDay;
  }
  const parts =
    /^(?:(\d+(?:\.\d+)?) ?h(?:ours?|rs?)?,? ?)?(?:(\d+(?:\.\d+)?) ?m(?:in(?:ute)?s?)?,? ?)?(?:(\d+(?:\.\d+)?) ?s(?:ec(?:ond)?s?)?)?$/.exec(
      text.trim(),
    );
  if (!parts || text.trim() === '') return undefined;
  const [, hours = 0, minutes = 0, seconds = 0] = parts;
  // One unit keeps the number as it was printed; a sum would round it anew.
  return hours === 0 && minutes === 0 ? Number(seconds) : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
