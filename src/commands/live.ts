import { resolve } from 'node:path';
import { liveOrders, sortLive } from '../ask/live-run.js';
import { stateFolderOf } from '../daemon/places.js';
import { maybeSignOfLife } from '../daemon/sign-of-life.js';
import { closeStore } from '../store/open.js';
import { asDatabaseError } from '../store/trouble.js';
import { UserError } from '../user-error.js';
import { type Command, newCommand } from './command.js';
import { type CommandContext, rootFlag } from './context.js';
import { openForReading } from './data.js';
import { examplesWithSession } from './help.js';
import { type Key, readKeys } from './live/keys.js';
import { type LiveView, readLive } from './live/read-live.js';
import { sizeOf, takeScreen } from './live/screen.js';
import { type Surroundings, type ViewState, viewLines } from './live/view.js';
import { createWatcherLook, type WatcherLook } from './live/watcher-look.js';
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
    .addHelpText('after', examplesWithSession('live', 'tlw live', 'tlw live | head'))
    .action(async (options: LiveOptions) => {
      const everyMs = 1000 * positive('--every', options.every);
      const { config } = context.loadConfig([rootFlag(options.root)]);
      const root = config.root ?? context.folder;
      const stateFolder = stateFolderOf(resolve(root), config, context.environment);
      const lookForWatcher = createWatcherLook(stateFolder, resolve(root));
      const read = async (isFirst: boolean): Promise<LiveView> => {
        const store = await openForReading(context, root, config, isFirst);
        try {
          return readLive(store, Date.now());
        } catch (error) {
          throw asDatabaseError(error, store.file);
        } finally {
          closeStore(store);
        }
      };
      const first = await read(true);
      if (context.stdout.isTTY) {
        await showScreen(context, { root, stateFolder, lookForWatcher, everyMs, first, read: () => read(false) });
        return;
      }
      const nowMs = Date.now();
      context.stdout.write(onceText(first, { root, nowMs, watcher: await lookForWatcher(nowMs) }));
    });
}

/** The screen as text that is as long as it must be, without the line about keys; ends with a newline. */
export function onceText(view: LiveView, surroundings: Surroundings): string {
  const state = { order: liveOrders[0], selected: 0, isDetail: false, scroll: 0 };
  const rows = 5 + view.ended.length + view.running.reduce((sum, { warnings }) => sum + 2 + warnings.length, 0);
  const running = sortLive(view.running, state.order);
  const { lines } = viewLines({ ...view, running }, state, { columns: 100, rows: rows + 2 }, surroundings);
  const shown = lines.slice(0, -1).map((line) => line.trimEnd());
  return `${shown.join('\n').trimEnd()}\n`;
}

interface Show {
  readonly root: string;
  readonly stateFolder: string;
  readonly lookForWatcher: WatcherLook;
  readonly everyMs: number;
  readonly first: LiveView;
  readonly read: () => Promise<LiveView>;
}

/** Until somebody presses q or Ctrl-C, or the system asks the program to end. */
async function showScreen(
  context: CommandContext,
  { root, stateFolder, lookForWatcher, everyMs, first, read }: Show,
): Promise<void> {
  const { stdout } = context;
  let view = first;
  let trouble: string | undefined;
  // What the root says besides comes with the first look: no screen waits for a root.
  let watcher: Surroundings['watcher'] = maybeSignOfLife(stateFolder, Date.now());
  let state: ViewState = { order: liveOrders[0], selected: 0, isDetail: false, scroll: 0 };
  const stopped = new Promise<void>((stop) => {
    context.onStop(stop);
    context.signals.on('SIGHUP', stop);
  });
  const screen = takeScreen(stdout);
  const draw = (): void => {
    const running = sortLive(view.running, state.order);
    const { lines, selected } = viewLines({ ...view, running }, state, sizeOf(stdout), {
      root,
      nowMs: Date.now(),
      watcher,
    });
    screen.draw(trouble === undefined ? lines : [trouble, ...lines.slice(1)], selected);
  };
  let isLooking = false;
  let isClosed = false;
  const look = async (): Promise<void> => {
    // A root that hangs takes its time to be told from one that is slow.
    if (isLooking) return;
    isLooking = true;
    try {
      view = await read();
      trouble = undefined;
      watcher = await lookForWatcher(Date.now());
    } catch (error) {
      // The database may come back: what was last seen stays on the screen.
      if (!(error instanceof UserError)) throw error;
      trouble = error.message;
    } finally {
      isLooking = false;
    }
    if (!isClosed) draw();
  };
  let fail = (_error: unknown): void => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // What goes wrong is told on the user's own screen, once it is back.
  const guarded = (act: () => void) => (): void => {
    try {
      act();
    } catch (error) {
      fail(error);
    }
  };
  const timer = setInterval(() => void look().catch(fail), everyMs);
  const redraw = guarded(draw);
  let stopKeys = (): void => {};
  stdout.on('resize', redraw);
  try {
    draw();
    void look().catch(fail);
    const quit = new Promise<void>((stop) => {
      stopKeys = readKeys(process.stdin, (key) =>
        guarded(() => {
          if (key === 'quit') return stop();
          if (key === 'suspend') return suspend(screen, redraw);
          state = stateAfter(state, key, view.running.length);
          draw();
        })(),
      );
    });
    await Promise.race([stopped, quit, failed]);
  } finally {
    isClosed = true;
    clearInterval(timer);
    stopKeys();
    stdout.off('resize', redraw);
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
