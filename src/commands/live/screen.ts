import ansi from 'ansi-escapes';
import stringWidth from 'string-width';

/** The whole terminal, given back as it was whatever happens. */
export interface Screen {
  /** Shows these lines, cut to the size of the terminal; the one at `selected` stands out. */
  draw(lines: readonly string[], selected?: number): void;
  /** Lets go of the terminal, for good or until `open`. */
  close(): void;
  open(): void;
}

const reverse = '\u001B[7m';
const plain = '\u001B[27m';

/** Takes the terminal: another screen, without a cursor. Whatever ends the process gives it back. */
export function takeScreen(stdout: NodeJS.WriteStream): Screen {
  let isOpen = false;
  const screen: Screen = {
    draw(lines, selected) {
      if (!isOpen) return;
      const { columns, rows } = sizeOf(stdout);
      const shown = lines.slice(0, rows).map((line, i) => {
        const text = cut(line, columns);
        return i === selected ? `${reverse}${text}${' '.repeat(columns - stringWidth(text))}${plain}` : text;
      });
      stdout.write(
        `${ansi.cursorTo(0, 0)}${shown.join(`${ansi.eraseEndLine}\r\n`)}${ansi.eraseEndLine}${ansi.eraseDown}`,
      );
    },
    open() {
      if (isOpen) return;
      isOpen = true;
      stdout.write(ansi.enterAlternativeScreen + ansi.cursorHide);
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      stdout.write(ansi.cursorShow + ansi.exitAlternativeScreen);
    },
  };
  process.once('exit', () => screen.close());
  screen.open();
  return screen;
}

/** Of a terminal that does not tell its size: the usual one. */
export function sizeOf({ columns, rows }: NodeJS.WriteStream): { columns: number; rows: number } {
  return { columns: columns || 80, rows: rows || 24 };
}

/** As much of a line as `width` columns hold. */
export function cut(line: string, width: number): string {
  if (stringWidth(line) <= width) return line;
  let text = '';
  let used = 0;
  for (const character of line) {
    used += stringWidth(character);
    if (used > width - 1) break;
    text += character;
  }
  return `${text}…`;
}
