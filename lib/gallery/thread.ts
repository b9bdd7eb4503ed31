/** The gallery's thread: the store, the search, and what is done with both. */
import { serve, threadOptions } from '../worker/serve';
import { People } from './people';
import type { Parts } from './people';
import { IndexSearch } from './search/index-search';
import { SqliteStore } from './stores/sqlite/sqlite-store';

export interface ThreadOptions {
  readonly directory: string;
  /**
   * One number that all threads of a gallery share: 1 once the store was opened. A thread that replaces another makes
   * no new store in the place of one that has vanished.
   */
  readonly opened: Int32Array;
}

const { directory, opened } = threadOptions() as ThreadOptions;

function openParts(): Parts {
  const store = SqliteStore.open(directory, { create: Atomics.load(opened, 0) === 0 });
  Atomics.store(opened, 0, 1);
  return { store, search: new IndexSearch(store) };
}

const people = new People(openParts);

serve(people, { close: () => people.close() });
