/** One thing wrong with the config: where it stands, what was expected, what came. */
export interface ConfigProblem {
  /** `FILE:LINE`, `environment TLW_DEPTH` or `--set depth`. */
  readonly where: string;
  readonly message: string;
}

/** The user's config cannot be used; the message has one line a problem. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly ConfigProblem[]) {
    super(problems.map(({ where, message }) => `${where}: ${message}`).join('\n'));
  }
}
