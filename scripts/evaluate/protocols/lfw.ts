import { requireFolder, readText } from '../pipeline/files';
import type { Protocol } from '../protocol';
import { readLfwPairs } from '../readers/lfw';
import { evaluatePairs } from '../verification';

export const lfw: Protocol = {
  name: 'lfw',
  help: 'Labeled Faces in the Wild: same or not, View 2, the folds that pairs.txt has',
  usage: '--images DIR --pairs FILE',
  options: [
    { name: 'images', value: 'DIR', help: 'folder with one folder for each person' },
    { name: 'pairs', value: 'FILE', help: 'pairs.txt' },
  ],
  async run(args, session) {
    const images = await requireFolder(args.required('images'), '--images');
    const file = args.required('pairs');
    const set = readLfwPairs(await readText(file, '--pairs'), file, images);
    return evaluatePairs('lfw', `LFW, View 2, ${set.folds.length} folds`, set, session);
  },
};
