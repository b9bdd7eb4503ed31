/** CFP: frontal against frontal or against profile photographs. */
import { requireFolder } from '../pipeline/files';
import type { Protocol } from '../protocol';
import { CFP_PROTOCOLS, readCfp } from '../readers/cfp';
import { evaluatePairs } from '../verification';

export const cfp: Protocol = {
  name: 'cfp',
  help: 'Celebrities in Frontal-Profile: frontal with frontal (FF) or with profile (FP)',
  usage: '--root DIR [--split FF|FP]',
  options: [
    { name: 'root', value: 'DIR', help: 'folder that holds Data and Protocol' },
    { name: 'split', value: 'FF|FP', help: 'which comparison (default FP)' },
  ],
  async run(args, session) {
    const split = args.choice('split', CFP_PROTOCOLS, 'FP');
    const set = await readCfp(await requireFolder(args.required('root'), '--root'), split);
    return evaluatePairs(
      `cfp-${split.toLowerCase()}`,
      `CFP-${split}, ${set.folds.length} folds`,
      set,
      session,
    );
  },
};
