/** Reads column `host` of table ranks. */

import { perStore, type Store } from './store.js';

type HostTuple = [experiment: number, host: string];

const select = 'SELECT DISTINCT experiment, host FROM ranks WHERE host IS NOT NULL';

const statements = perStore((connection) => ({
  one: connection.prepare<[number], HostTuple>(`${select} AND experiment = ?`).raw(),
  all: connection.prepare<[], HostTuple>(select).raw(),
}));

/** Distinct hosts by experiment id, sorted; of one experiment where `id` is given. */
export function readHosts(store: Store, id?: number): ReadonlyMap<number, readonly string[]> {
  const { one, all } = statements(store);
  const hosts = new Map<number, string[]>();
  for (const [experiment, host] of id === undefined ? all.all() : one.all(id)) {
    const known = hosts.get(experiment);
    if (known) known.push(host);
    else hosts.set(experiment, [host]);
  }
  for (const each of hosts.values()) each.sort();
  return hosts;
}
