import { liveOrders, sortLive } from '../ask/live-run.js';
import { closeStore } from '../store/open.js';
import { asDatabaseError } from '../store/trouble.js';
import { UserError } from '../user-error.js';
import { type Command, newCommand } from './command.js';
import { type CommandContext, rootFlag } from './context.js';
import { openForReading } from './data.js';
import { examples } from './help.js';
import { type Key, readKeys } from './live/keys.js';
import { type LiveView, readLive } from './live/read-live.js';
import { sizeOf, takeScreen } from './live/screen.js';
import { type ViewState, viewLines } from './live/view.js';
import { positive } from './positive.js';

interface LiveOptions {
  readonly root?: string;
  readonly every: string;
}

/** `tlw live`: what runs, and how far it is. */
export function liveCommand(context: CommandContext): Command {
  return newCommand('live')
    .description(
      'Shows the running experiments, as the watcher has read them: progress, time left, last losses, ranks that are slow or silent. Where the output is no terminal it is printed once.',
    )
    .option('--root <dir>', 'the folder that holds the experiments')
    .option('--every <seconds>', 'how often to look again', '2')
    .addHelpText('after', examples('tlw live', 'tlw live | head'))
    .action(async (options: LiveOptions) => {
      const everyMs = 1000 * positive('--every', options.every);
      const { config } = context.loadConfig([rootFlag(options.root)]);
      const root = config.root ?? context.folder;
      const read = (isFirst: boolean): LiveView => {
        const store = openForReading(context, root, config, isFirst);
        try {
          return readLive(store, Date.now());
        } catch (error) {
          throw asDatabaseError(error, store.file);
        } finally {
          closeStore(store);
        }
      };
      const first = read(true);
      if (!context.stdout.isTTY) printOnce(context, first, root);
      else await showScreen(context, { root, everyMs, first, read: () => read(false) });
    });
}

function printOnce({ stdout }: CommandContext, view: LiveView, root: string): void {
  const state = { order: liveOrders[0], selected: 0, isDetail: false, scroll: 0 };
  const rows = 4 + view.ended.length + view.running.reduce((sum, { warnings }) => sum + 2 + warnings.length, 0);
  const running = sortLive(view.running, state.order);
  const { lines } = viewLines(
    { ...view, running },
    state,
    { columns: 100, rows: rows + 2 },
    { root, nowMs: Date.now() },
  );
  // The last line is about keys.
  stdout.write(
    `${lines
      .slice(0, -1)
      .map((line) => line.trimEnd())
      .join('\n')
      .trimEnd()}\n`,
  );
}

interface Show {
  readonly root: string;
  readonly everyMs: number;
  readonly first: LiveView;
  readonly read: () => LiveView;
}

/** Until somebody presses q or Ctrl-C, or the system asks the program to end. */
async function showScreen(context: CommandContext, { root, everyMs, first, read }: Show): Promise<void> {
  const { stdout } = context;
  let view = first;
  let trouble: string | undefined;
  let state: ViewState = { order: liveOrders[0], selected: 0, isDetail: false, scroll: 0 };
  const stopped = new Promise<void>((resolve) => {
    context.onStop(resolve);
    context.signals.on('SIGHUP', resolve);
  });
  const screen = takeScreen(stdout);
  const draw = (): void => {
    const running = sortLive(view.running, state.order);
    const { lines, selected } = viewLines({ ...view, running }, state, sizeOf(stdout), { root, nowMs: Date.now() });
    screen.draw(trouble === undefined ? lines : [trouble, ...lines.slice(1)], selected);
  };
  const look = (): void => {
    try {
      view = read();
      trouble = undefined;
    } catch (error) {
      // The database may come back: what was last seen stays on the screen.
      if (!(error instanceof UserError)) throw error;
      trouble = error.message;
    }
    draw();
  };
  const timer = setInterval(look, everyMs);
  let stopKeys = (): void => {};
  stdout.on('resize', draw);
  try {
    draw();
    const quit = new Promise<void>((resolve, reject) => {
      stopKeys = readKeys(process.stdin, (key) => {
        try {
          if (key === 'quit') resolve();
          else if (key === 'suspend') suspend(screen, draw);
          else {
            state = stateAfter(state, key, view.running.length);
            draw();
          }
        } catch (error) {
          reject(error);
        }
      });
    });
    await Promise.race([stopped, quit]);
  } finally {
    clearInterval(timer);
    stopKeys();
    stdout.off('resize', draw);
    screen.close();
  }
}

/** Ctrl-Z: the shell gets its terminal back, and gives it again with fg. */
function suspend(screen: ReturnType<typeof takeScreen>, draw: () => void): void {
  screen.close();
  process.stdin.setRawMode?.(false);
  process.once('SIGCONT', () => {
    process.stdin.setRawMode?.(true);
    screen.open();
    draw();
  });
  process.kill(process.pid, 'SIGTSTP');
}

/** What a key does to the view of so many running experiments. */
export function stateAfter(state: ViewState, key: Key, count: number): ViewState {
  const { isDetail, selected, scroll, order } = state;
  const step = key === 'up' ? -1 : key === 'down' ? 1 : 0;
  if (isDetail) {
    if (key === 'back' || key === 'enter') return { ...state, isDetail: false };
    return { ...state, scroll: Math.max(0, scroll + step) };
  }
  if (key === 'enter') return count > 0 ? { ...state, isDetail: true, scroll: 0 } : state;
  if (key === 'sort') {
    const next = liveOrders[(liveOrders.indexOf(order) + 1) % liveOrders.length] ?? order;
    return { ...state, order: next, selected: 0 };
  }
  return { ...state, selected: Math.max(0, Math.min(count - 1, selected + step)) };
}
