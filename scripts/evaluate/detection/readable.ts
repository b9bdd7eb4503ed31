/** Detects in all images of a benchmark and sets aside those that cannot be read. */
import type { Search, SeenImage } from '../pipeline/face-detector';
import type { ImageSource } from '../pipeline/image-set';
import type { SummaryRow } from '../protocol';
import type { Session } from '../session';
import { namesShown } from '../text';

export interface Unreadable {
  readonly image: string;
  readonly reason: string;
}

/** @throws Error when not one image can be read */
export async function detectReadable<E extends { readonly image: ImageSource }>(
  entries: readonly E[],
  session: Session,
  search: Search,
  label: string,
): Promise<{ readable: { entry: E; seen: SeenImage }[]; unreadable: Unreadable[] }> {
  const detected = await session.detector().detectAll(
    entries.map(({ image }) => image),
    search,
    label,
  );
  const readable: { entry: E; seen: SeenImage }[] = [];
  const unreadable: Unreadable[] = [];
  detected.forEach((seen, index) => {
    const entry = entries[index]!;
    if ('unreadable' in seen) unreadable.push({ image: entry.image.name, reason: seen.unreadable });
    else readable.push({ entry, seen });
  });
  if (readable.length === 0) {
    const [first] = unreadable;
    throw new Error(`Not one image can be read${first ? `; ${first.image}: ${first.reason}` : ''}`);
  }
  return { readable, unreadable };
}

export function unreadableRow(unreadable: readonly Unreadable[]): SummaryRow {
  return {
    label: 'Unreadable',
    value: namesShown(unreadable.map(({ image, reason }) => `${image} (${reason})`)),
  };
}
