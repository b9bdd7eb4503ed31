/** What became of the images of a set: how they were found, which were not, which could not be read. */
import { ATTEMPTS } from './pipeline/locate';
import type { EmbeddedImage } from './pipeline/face-embedder';
import type { ImageSource } from './pipeline/image-set';
import type { SummaryRow } from './protocol';
import { namesShown } from './text';

export interface ImageCounts {
  readonly images: number;
  /** Images in which no face was found, by any attempt. */
  readonly undetected: number;
  readonly undetectedImages: readonly string[];
  readonly unreadable: readonly { readonly image: string; readonly reason: string }[];
  /** How many images needed which attempt; empty for crops that were aligned by others. */
  readonly attempts: Readonly<Record<string, number>>;
}

export function imageCounts(images: readonly ImageSource[], embedded: readonly EmbeddedImage[]): ImageCounts {
  const undetectedImages: string[] = [];
  const unreadable: { image: string; reason: string }[] = [];
  const attempts: Record<string, number> = {};
  embedded.forEach((result, index) => {
    const image = images[index]!.name;
    if (result.status === 'undetected') undetectedImages.push(image);
    else if (result.status === 'unreadable') unreadable.push({ image, reason: result.reason });
    else if (result.attempt !== 'aligned') attempts[result.attempt] = (attempts[result.attempt] ?? 0) + 1;
  });
  return {
    images: images.length,
    undetected: undetectedImages.length,
    undetectedImages,
    unreadable,
    attempts,
  };
}

export function imageRows({ images, undetectedImages, unreadable, attempts }: ImageCounts): SummaryRow[] {
  const again = ATTEMPTS.slice(1).filter((attempt) => (attempts[attempt] ?? 0) > 0);
  return [
    {
      label: 'Images',
      value: `${images}${again.map((name) => `, ${attempts[name] ?? 0} found ${name} only`).join('')}`,
    },
    { label: 'Without a face', value: namesShown(undetectedImages) },
    { label: 'Unreadable', value: namesShown(unreadable.map(({ image, reason }) => `${image} (${reason})`)) },
  ];
}
