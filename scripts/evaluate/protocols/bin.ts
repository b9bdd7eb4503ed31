/** InsightFace's packed verification sets, AgeDB-30 among them. */
import { basename } from 'node:path';
import { readBytes } from '../pipeline/files';
import type { Option } from '../../shared/arguments';
import type { Protocol } from '../protocol';
import { readInsightFaceBin } from '../readers/insightface-bin';
import { evaluatePairs } from '../verification';

const options: readonly Option[] = [
  { name: 'bin', value: 'FILE', help: 'a .bin file of aligned crops of 112 × 112 pixels' },
];

const run: Protocol['run'] = async (args, session) => {
  const file = args.required('bin');
  const set = readInsightFaceBin(await readBytes(file, '--bin'), file);
  const name = basename(file).replace(/\.bin$/i, '');
  return evaluatePairs(name, `${name}, ${set.folds.length} folds of aligned crops`, set, session);
};

export const agedb: Protocol = {
  name: 'agedb',
  help: 'AgeDB-30: the same people thirty years apart (agedb_30.bin)',
  usage: '--bin FILE',
  options,
  run,
};

export const bin: Protocol = {
  name: 'bin',
  help: 'any of InsightFace’s verification sets (lfw.bin, cfp_fp.bin, calfw.bin, cplfw.bin …)',
  usage: '--bin FILE',
  options,
  run,
};
