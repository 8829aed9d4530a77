import { createLogger, format, type Logger, transports } from 'winston';
import type { Config } from './config.js';
import { escapeJson, escapeText } from './escape-text.js';

/** What a message says besides its sentence; null says nothing. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** Where the program says what it does. The message is a constant sentence, so that it can be searched; facts go in fields. */
export interface LogMessages {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
}

export type LogSettings = Config['log'] & {
  readonly stream: NodeJS.WritableStream;
  /** Whether the stream is a person's terminal. */
  readonly isTerminal: boolean;
  /** Whether journald reads the stream. */
  readonly isJournal: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** ms since 1970. */
  readonly now?: () => number;
};

/** Log messages to a stream, usually stderr: never to a file, whose writer would fall silent for good on a full disk. */
export function createLogMessages(settings: LogSettings): LogMessages {
  const logger: Logger = createLogger({
    level: settings.level,
    format: formatOf(settings),
    transports: [new transports.Stream({ stream: settings.stream, eol: '\n' })],
    exitOnError: false,
  });
  const say =
    (level: keyof LogMessages) =>
    (message: string, fields: LogFields = {}) => {
      logger.log({ level, message, fields });
    };
  return {
    error: say('error'),
    warn: atMostHourly(say('warn'), settings.now ?? Date.now),
    info: say('info'),
    debug: say('debug'),
  };
}

const hourMs = 3_600_000;
/** More kinds of warnings than this are not told apart. */
const mostKinds = 1000;

/** The same warning again within an hour is only counted; the count comes with the next one. */
function atMostHourly(warn: LogMessages['warn'], now: () => number): LogMessages['warn'] {
  const said = new Map<string, { readonly atMs: number; again: number }>();
  return (message, fields = {}) => {
    const kind = JSON.stringify([message, fields]);
    const last = said.get(kind);
    if (last !== undefined && now() - last.atMs < hourMs) {
      last.again += 1;
      return;
    }
    if (said.size >= mostKinds) said.clear();
    said.set(kind, { atMs: now(), again: 0 });
    warn(message, last !== undefined && last.again > 0 ? { ...fields, repeated: last.again } : fields);
  };
}

function formatOf({ format: name, isTerminal, isJournal, environment }: LogSettings) {
  const chosen = name === 'auto' ? (isJournal ? 'systemd' : 'text') : name;
  if (chosen === 'json') return format.combine(format.timestamp(), format.printf(jsonLine));
  if (chosen === 'systemd') return format.printf((info) => `${priorities[info.level] ?? '<6>'}${sentence(info)}`);
  const isColoured = isTerminal && !environment.NO_COLOR;
  return format.combine(
    format.timestamp({ format: 'HH:mm:ss' }),
    format.printf((info) => textLine(info, isColoured)),
  );
}

/** sd-daemon(3): journald takes the priority from this prefix. */
const priorities: Readonly<Record<string, string>> = { error: '<3>', warn: '<4>', info: '<6>', debug: '<7>' };
const colours: Readonly<Record<string, string>> = { error: '31', warn: '33', info: '32', debug: '2' };

type Info = Parameters<Parameters<typeof format.printf>[0]>[0];

function textLine(info: Info, isColoured: boolean): string {
  const level = info.level.padEnd(5);
  return `${String(info.timestamp)} ${isColoured ? `\x1b[${colours[info.level] ?? '0'}m${level}\x1b[0m` : level} ${sentence(info)}`;
}

function jsonLine(info: Info): string {
  const { timestamp, level, message, fields } = info;
  // No field may take the place of the sentence by which the line is found.
  const own = { time: timestamp, level, message };
  return escapeJson(JSON.stringify({ ...own, ...Object(fields), ...own }));
}

function sentence({ message, fields }: Info): string {
  const pairs = Object.entries(Object(fields)).flatMap(([name, value]) =>
    value === null ? [] : `${name}=${shown(String(value))}`,
  );
  return [escapeText(String(message)), ...pairs].join(' ');
}

/** Quoted where a reader could not tell its end. */
function shown(value: string): string {
  const escaped = escapeText(value);
  return /^[^\s"=]+$/.test(escaped) ? escaped : `"${escaped.replaceAll('"', '\\"')}"`;
}
