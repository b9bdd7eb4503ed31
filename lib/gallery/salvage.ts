/** Saving people out of a gallery that is damaged, or whole. */
import { join } from 'node:path';
import { WorkerClient } from '../worker/client';
import type { SalvageOperations } from './salvage-thread';
import type { Salvage } from './stores/sqlite/salvage';

export type { Salvage } from './stores/sqlite/salvage';

const LIMIT_MS = 120_000;

/** Everybody who can be read, as documents that a gallery imports, and what cannot be read. Changes nothing. */
export async function salvageGallery(directory: string): Promise<Salvage> {
  const thread = new WorkerClient<SalvageOperations>({
    title: 'gallery',
    file: join(__dirname, 'salvage-thread'),
    options: undefined,
    limitMs: LIMIT_MS,
  });
  try {
    return await thread.call('salvage', [directory]);
  } finally {
    await thread.close();
  }
}
