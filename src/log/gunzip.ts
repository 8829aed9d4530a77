/** Logs packed with gzip, as logrotate and `gzip` leave them: in one member or several, each with its checksum. */
import pako, { type Inflate } from 'pako';
import { UnreadableLog } from '../errors.js';
import type { Packing } from './source.js';
import type { Unpack } from './unpacked-source.js';

/** Real logs pack up to 30 to 1; deflate can do 1,032 to 1. */
const mostRatio = 400;
/** As much as this is no bomb, however small the file. */
const harmlessBytes = 16 * 1024 * 1024;

/** See `Packing`. */
export const gunzip: Packing = {
  note: 'the log is packed with gzip: byte offsets are those of the text inside',
  mostBytes: (fileBytes) => Math.max(harmlessBytes, mostRatio * fileBytes),
  maybeUnpack: (head) => (startsMember(head) ? gunzipper() : undefined),
};

function gunzipper(): Unpack {
  let member: Inflate | undefined;
  const texts: Uint8Array[] = [];
  return (packed) => {
    texts.length = 0;
    if (packed === null) {
      if (member !== undefined) throw new UnreadableLog('its gzip data end too early: half written or cut short');
      return [];
    }
    for (let rest = packed; rest.length > 0; ) {
      if (member === undefined) {
        // Tapes and disks pad what they hold with zeros.
        if (rest.every((byte) => byte === 0)) break;
        member = newMember(texts);
      }
      rest = feed(member, rest);
      if (member.ended) member = undefined;
    }
    return [...texts];
  };
}

function newMember(texts: Uint8Array[]): Inflate {
  const member = new pako.Inflate();
  member.onData = (text) => texts.push(text);
  member.onEnd = (status) => {
    member.err = status;
  };
  return member;
}

/** Gives the bytes that a member leaves over: they are the next one's. */
function feed(member: Inflate, bytes: Buffer): Buffer {
  const flushNow = 2;
  member.push(bytes, flushNow);
  if (member.err !== 0)
    throw new UnreadableLog(`its gzip data are damaged: ${member.strm.msg || `error ${member.err} of zlib`}`);
  return bytes.subarray(bytes.length - member.strm.avail_in);
}

function startsMember(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}
