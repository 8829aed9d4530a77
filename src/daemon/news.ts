/** Wakes up whoever waits. News that came while nobody waited are not lost. */
export interface News {
  tell(): void;
  /** Resolves at once where there are news, else when they come, but no later than after `ms`. */
  wait(ms: number): Promise<void>;
  /** How often there were news so far. */
  readonly told: number;
}

/** setTimeout takes no longer times. */
const longestMs = 2 ** 31 - 1;

/** No news yet. */
export function createNews(): News {
  let hasNews = false;
  let wake = (): void => {};
  let told = 0;
  return {
    get told() {
      return told;
    },
    tell() {
      hasNews = true;
      told += 1;
      wake();
    },
    async wait(ms) {
      if (!hasNews && ms > 0) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, Math.min(ms, longestMs));
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      hasNews = false;
    },
  };
}
