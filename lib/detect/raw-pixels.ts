/** Networks that hold their normalisation themselves, as the shipped ones of MTCNN do. */
import { invalid } from '../core/validate';
import type { OpenedNetwork } from './detector';

/**
 * For a network that is given pixels as they are.
 * @throws ArcFlowError INVALID_ARGUMENT when its manifest declares another input
 */
export function requireRawPixels({ model: { id, input } }: OpenedNetwork): void {
  const { colour, mean, scale } = input;
  if (colour !== 'RGB') throw invalid('RGB', `input.colour of model ${id}`, colour);
  if (mean !== 0) throw invalid('0 (pixels as they are)', `input.mean of model ${id}`, mean);
  if (scale !== 1) throw invalid('1 (pixels as they are)', `input.scale of model ${id}`, scale);
}
