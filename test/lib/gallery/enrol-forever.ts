/**
 * Enrols and removes people in a gallery until it is killed, and says so after each acknowledgement: "+ 7" or "- 7".
 * Arguments: directory, number of the first person, and 'stepwise' to wait for a line of input before each change.
 * Person n's embedding is embeddingOf(n).
 */
import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { openGallery } from '../../../lib/gallery/open-gallery';
import { direction, numbers, sampleOf } from './support';

const STDOUT = 1;

export function embeddingOf(person: number): Float32Array {
  return direction(numbers(person), 512);
}

async function run(directory: string, first: number, stepwise: boolean): Promise<never> {
  const { gallery } = await openGallery(directory);
  const input = createInterface(process.stdin)[Symbol.asyncIterator]();
  for (let person = first; ; person++) {
    if (stepwise) await input.next();
    await gallery.enrol(
      `P${person}`,
      sampleOf(embeddingOf(person), { thumbnail: Buffer.alloc(3000, person) }),
    );
    writeSync(STDOUT, `+ ${person}\n`);
    if (person % 5 !== 0) continue;
    if (stepwise) await input.next();
    await gallery.remove(`P${person - 2}`);
    writeSync(STDOUT, `- ${person - 2}\n`);
  }
}

const [, , directory, first, mode] = process.argv;
if (require.main === module) void run(directory!, Number(first), mode === 'stepwise');
