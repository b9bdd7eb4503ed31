/**
 * The threshold that a gallery of some size needs. A stranger is compared with every sample, and the most similar one
 * counts, so at one threshold the more strangers get a name the larger the gallery is: with comparisons that err
 * independently, for n samples (ISO/IEC 19795-1, identification as n verifications)
 *
 *     FPIR = 1 − (1 − FAR)ⁿ
 *
 * They do not quite, least of all those with samples of one person: docs/accuracy.md has what comes of it.
 */
import type { EmbedModel, FalseAcceptRate } from '../models/manifest';

/** Share of strangers who get a name (FPIR): 1 in 100. */
const STRANGERS_NAMED = 0.01;

/**
 * Cosine similarity at which about so many strangers get a name. Between the points of the curve, and beyond its ends, the
 * similarity is taken for linear in the logarithm of the rate.
 * @param curve at least two points, by falling rate
 * @param samples in the gallery, 1 or more
 */
export function openSetThreshold(curve: readonly FalseAcceptRate[], samples: number): number {
  // 1 − (1 − FPIR)^(1/n), which is too small for plain arithmetic where n is large.
  const wanted = Math.log(-Math.expm1(Math.log1p(-STRANGERS_NAMED) / samples));
  const last = curve.length - 1;
  const next = curve.findIndex(({ rate }, index) => index > 0 && Math.log(rate) <= wanted);
  const end = next < 0 ? last : next;
  const [from, to] = [curve[end - 1]!, curve[end]!];
  const along = (wanted - Math.log(from.rate)) / (Math.log(to.rate) - Math.log(from.rate));
  return Math.min(1, from.similarity + along * (to.similarity - from.similarity));
}

/** A model's own threshold, or what so many samples ask for where that is higher; undefined where the model does not tell. */
export function raisedThreshold(
  { threshold = -1, falseAcceptRates }: Pick<EmbedModel, 'threshold' | 'falseAcceptRates'>,
  samples: number,
): number | undefined {
  return falseAcceptRates && Math.max(threshold, openSetThreshold(falseAcceptRates, Math.max(1, samples)));
}
