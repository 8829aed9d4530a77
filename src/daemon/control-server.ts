import { createHash } from 'node:crypto';
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { messageOf } from '../errors.js';

/** What a running watcher can be asked for, by name; each gives what is sent back as JSON. */
export type ControlActions = Readonly<Record<string, (argument: unknown) => Promise<unknown> | unknown>>;

/** The watcher could not do what it was asked for; `message` is its own. */
export class ControlError extends Error {
  override readonly name = 'ControlError';

  constructor(
    message: string,
    /** A `PublishTrouble`, where a file could not be written. */
    readonly trouble: string | null = null,
  ) {
    super(message);
  }
}

/** Each holds a descriptor, and the database must never find that there are no more. */
const mostConnections = 32;

/** Longer names of sockets are cut by the system. */
const longestPath = 100;

/** Where the socket of the watcher that has this state folder may lie, the usual place first. */
export function socketPathsOf(
  stateFolder: string,
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const inside = join(stateFolder, 'control.sock');
  const hash = createHash('sha256').update(stateFolder).digest('hex').slice(0, 12);
  const runtime = environment.XDG_RUNTIME_DIR;
  const path = runtime === undefined ? inside : join(runtime, `tlw-${hash}.sock`);
  return path === inside || path.length > longestPath ? [inside] : [path, inside];
}

/** Answers those who may open the socket, which is the user alone; gives the function that ends it. */
export async function serveControl(path: string, actions: ControlActions): Promise<() => void> {
  const server = createServer(async (call, answer) => {
    const action = actions[(call.url ?? '').slice(1)];
    const respond = (status: number, body: unknown): void => {
      answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (action === undefined) return respond(404, { error: `cannot ${call.url}` });
    try {
      respond(200, (await action(await bodyOf(call))) ?? null);
    } catch (error) {
      respond(500, { error: messageOf(error), trouble: error instanceof ControlError ? error.trouble : null });
    }
  });
  server.maxConnections = mostConnections;
  // Whoever calls this holds the lock: a socket that is there was left by one that died.
  rmSync(path, { force: true });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
  chmodSync(path, 0o600);
  return () => {
    server.close();
    server.closeAllConnections();
    rmSync(path, { force: true });
  };
}

/** Asks the watcher behind a socket; undefined where none is there. Throws a `ControlError` where it could not do it. */
export async function askControl(path: string, action: string, argument: unknown = null): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath: path, path: `/${action}`, method: 'POST' }, async (answer) => {
      try {
        const body = await bodyOf(answer);
        if (answer.statusCode === 200) resolve(body);
        else {
          const { error, trouble } = Object(body);
          reject(new ControlError(String(error), typeof trouble === 'string' ? trouble : null));
        }
      } catch (error) {
        reject(error);
      }
    });
    call.on('error', (error: NodeJS.ErrnoException) => {
      // One that reads its config again hangs up.
      if (['ENOENT', 'ECONNREFUSED', 'ECONNRESET'].includes(error.code ?? '')) resolve(undefined);
      else reject(error);
    });
    call.end(JSON.stringify(argument));
  });
}

async function bodyOf(message: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? null : JSON.parse(text);
}
