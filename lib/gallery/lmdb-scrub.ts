/**
 * Erasing for good. LMDB never writes over a page in use: what a transaction deletes or replaces stays in the file, in
 * pages that are free, until another transaction happens to need them. This takes every free page, fills it with
 * zeros and gives it back.
 *
 * What it cannot reach: pages that a reader of another process still looks at, and whatever lies below the file (a
 * flash drive's spare blocks, a copy-on-write file system, snapshots, backups).
 */
import type { Database, RootDatabase } from 'lmdb';

/** Of a page that holds one large value: LMDB's header with the transaction's number (MDB_page_header, 64 bits). */
const PAGE_HEADER_BYTES = 24;
const META_PAGES = 2;
/** Pages filled by one transaction. */
const LARGEST_BATCH = 4096;
/** The same towards the end: so much may the file grow by at most, with every scrub. */
const SMALLEST_BATCH = 4;

interface TreeStats {
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
}

interface Stats extends TreeStats {
  readonly pageSize: number;
  readonly lastPageNumber: number;
  /** The tree of the databases' names, and that of the free pages. */
  readonly root: TreeStats;
  readonly free: TreeStats;
}

function pagesOf({ treeBranchPageCount, treeLeafPageCount, overflowPages }: TreeStats): number {
  return treeBranchPageCount + treeLeafPageCount + overflowPages;
}

function statsOf(root: RootDatabase): Stats {
  root.resetReadTxn(); // an old snapshot would tell of old pages, and keep them from being taken
  return root.getStats() as Stats;
}

function freePages(root: RootDatabase, databases: readonly Database[]): number {
  const { lastPageNumber, root: names, free } = statsOf(root);
  const used = databases.map((database) => pagesOf(database.getStats() as Stats));
  return used.reduce(
    (rest, pages) => rest - pages,
    lastPageNumber + 1 - META_PAGES - pagesOf(names) - pagesOf(free),
  );
}

/**
 * Fills all free pages with zeros. Must be called two transactions after the deletion at the earliest: LMDB takes no
 * page that the last one freed.
 * @param databases all databases of the environment
 * @param filler one of them that holds nothing else; it is empty afterwards
 */
export async function fillFreePages(
  root: RootDatabase,
  databases: readonly Database[],
  filler: Database<Uint8Array, number>,
): Promise<void> {
  const page = new Uint8Array(statsOf(root).pageSize - PAGE_HEADER_BYTES);
  let key = 0;
  let grown = false;
  while (!grown) {
    const free = freePages(root, databases);
    const batch = Math.max(SMALLEST_BATCH, Math.min(LARGEST_BATCH, free - 2 * SMALLEST_BATCH));
    const before = statsOf(root).lastPageNumber;
    await filler.batch(() => {
      for (let i = 0; i < batch; i++) void filler.put(key++, page);
    });
    // Free pages are taken first: when the file had to grow, there was none left.
    grown = statsOf(root).lastPageNumber > before;
  }
  await filler.clearAsync();
}
