/**
 * The one place that loads SQLite: Node.js's own where it needs no flag (from 22.13 on), else a package with the same
 * interface. Both run in the calling thread, which is therefore never the main one.
 */
import { createRequire } from 'node:module';
import type * as Package from '@photostructure/sqlite';

type Binding = Pick<typeof Package, 'DatabaseSync'>;
export type Database = Package.DatabaseSyncInstance;
export type Statement = Package.StatementSyncInstance;
export type Value = null | number | string | Uint8Array;

function load(): Binding {
  // The type does not know the releases of Node.js 20 that have no such function.
  const { getBuiltinModule } = process as { getBuiltinModule?: (id: string) => object | undefined };
  const builtin = getBuiltinModule?.('node:sqlite') as Binding | undefined;
  return builtin ?? (createRequire(__filename)('@photostructure/sqlite') as Binding);
}

let binding: Binding | undefined;

export function openDatabase(path: string, { readOnly = false } = {}): Database {
  binding ??= load();
  return new binding.DatabaseSync(path, { readOnly });
}
