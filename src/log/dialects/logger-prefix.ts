/** The message behind what loggers put before it: time stamps, levels, names of modules, places in the code. */
export function afterLoggerPrefix(text: string): string {
  let rest = text;
  for (;;) {
    const part = prefixPart.exec(rest);
    if (!part || part[0] === '') return rest === text ? text : rest.replace(/^[ \t]*(?:[-|:] )?/, '');
    rest = rest.slice(part[0].length);
  }
}

const clock = String.raw`\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[-+]\d\d:?\d\d)?`;
const date = String.raw`(?:\d{4}[-/.]\d\d[-/.]\d\d|\d\d/\d\d(?:/\d\d(?:\d\d)?)?)`;
const level = '(?:DEBUG|INFO|WARNING|WARN|NOTICE)';
const prefixPart = new RegExp(
  [
    // [2026-11-23 05:30:53,123] · [11/07/24 13:20:07] · [2026-11-23 05:30:53 swin_tiny]
    String.raw`^\s*\[(?:${date}[T ]+)?${clock}(?: [\w.-]+)?\]:?`,
    // 2026-11-23 05:30:53,123 · 2026-11-23T05:30:53.123Z: · 13:20:07 |
    String.raw`^\s*(?:${date}[T ]+)?${clock}(?:[:,](?=\s)|(?=\s)| ?[-|](?= ))`,
    // I0102 10:00:00.123456 140123 train.py:123]
    String.raw`^[IWED]\d{4} [\d:.]+ +\d+ [\w.-]+:\d+\] ?`,
    // INFO · [INFO] · INFO:root: · - INFO - · | INFO |
    String.raw`^\s*(?:[-|] *)?\[?${level}\]?(?::[\w.]*:|:?(?=\s)|(?=\[))`,
    // root - INFO, and names that are no words: __main__ -, utils.train |
    String.raw`^\s*(?:[-|] *)?[\w.]+ *[-|](?= *${level}\b)|^\s*(?:[-|] *)?(?:__\w+__|\w+(?:\.\w+)+|\[[\w.]*[_.][\w.]*\](?=[\s[]))(?: *[-|:](?= )|(?=\[))`,
    // [train.py:45] · (train.py 45): · train.py:45 -
    String.raw`^\s*(?:[-|] *)?[[({]?[\w./-]+\.py(?::\w+)?[: ]\d+[\])}]?:?(?=\s)`,
  ].join('|'),
);
