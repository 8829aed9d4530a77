import type { Look } from '../watch/look.js';
import { observe } from '../watch/observe.js';
import { takeLooks } from '../watch/take-looks.js';
import { ChildError } from './pool.js';
import { type Session, scanSettings } from './session.js';

/** Looks that are asked of the child at once: few enough that the deadline means something. */
const batchOps = 200;

/** Takes the looks that are due and that the budget allows; gives how many there were. */
export async function lookAround(session: Session): Promise<number> {
  const { known, budget, clock } = session;
  let count = 0;
  for (;;) {
    const ops = Math.min(batchOps, Math.floor(budget.available(clock.nowMs())));
    const looks = ops < 1 ? [] : takeLooks(known, ops);
    if (looks.length === 0) return count;
    count += looks.length;
    await look(session, looks);
  }
}

async function look(session: Session, looks: readonly Look[]): Promise<void> {
  const { known, budget, clock, jobs, settings, health, log } = session;
  for (let next = [...looks]; next.length > 0; ) {
    const asked = next;
    next = [];
    try {
      const answers = await jobs.look(scanSettings(session), asked, settings.lookTimeoutMs);
      if (health.delete('ROOT_STALLED')) log.info('root answers again', { root: session.root });
      for (const [i, answer] of answers.entries()) {
        const of = asked[i];
        budget.spend(answer.ops, clock.nowMs());
        if (of !== undefined) next.push(...observe(known, of, answer));
      }
    } catch (error) {
      if (!(error instanceof ChildError)) throw error;
      // Nobody could look: what is known stays as it is.
      for (const of of asked) observe(known, of, unobservable(of, error.message));
      if (!health.has('ROOT_STALLED')) log.warn('root does not answer', { root: session.root, reason: error.message });
      health.set('ROOT_STALLED', `the root gives ${error.message}`);
    }
  }
}

function unobservable(look: Look, reason: string) {
  const trouble = { kind: 'unobservable', reason } as const;
  const path = 'path' in look ? look.path : '';
  return { observation: { kind: 'trouble', of: look.kind, path, trouble } as const, ops: 1 };
}
