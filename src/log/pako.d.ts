/** What is used of pako, which comes without types. */
declare module 'pako' {
  export interface Inflate {
    /** 0 or an error of zlib. */
    err: number;
    readonly ended: boolean;
    readonly strm: { readonly msg: string; readonly avail_in: number };
    onData: (bytes: Uint8Array) => void;
    onEnd: (status: number) => void;
    push(bytes: Uint8Array, flush: number): boolean;
  }
  const pako: { readonly Inflate: new () => Inflate };
  export default pako;
}
