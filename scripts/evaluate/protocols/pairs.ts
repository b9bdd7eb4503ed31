/** A list of pairs of one's own. */
import { dirname } from 'node:path';
import { readText, requireFolder } from '../pipeline/files';
import type { Protocol } from '../protocol';
import { readPairsCsv } from '../readers/pairs-csv';
import { evaluatePairs } from '../verification';

export const pairs: Protocol = {
  name: 'pairs',
  help: 'your own pairs: a csv with the columns file_x, file_y, same (yes or no)',
  usage: '--pairs FILE [--images DIR]',
  options: [
    { name: 'pairs', value: 'FILE', help: 'the csv' },
    { name: 'images', value: 'DIR', help: 'where the images lie (default: beside the csv)' },
  ],
  async run(args, session) {
    const file = args.required('pairs');
    const images = await requireFolder(args.optional('images') ?? dirname(file), '--images');
    const set = readPairsCsv(await readText(file, '--pairs'), file, images);
    return evaluatePairs('pairs', `Pairs of ${file}`, set, session);
  },
};
