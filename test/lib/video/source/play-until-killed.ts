/** A process that plays the stream given as its argument, for the test that kills it. */
import { VideoSource } from '../../../../lib/video/source/video-source';

async function main(url: string): Promise<void> {
  const source = new VideoSource({ input: { kind: 'stream', url } });
  await source.start();
  await source.take();
  console.log('playing');
  while (await source.take());
}

void main(process.argv[2]!);
