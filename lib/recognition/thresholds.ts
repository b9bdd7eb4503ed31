/** From which similarity on somebody counts as known: the caller's own number, else what the model's evaluation found. */
import { ArcFlowError } from '../core/errors';
import type { MatchOptions } from '../gallery/gallery';
import { raisedThreshold } from '../gallery/open-set-threshold';
import type { EmbedModel } from '../models/manifest';

/** What is known of the model that made an embedding; undefined for one that no manifest has. */
export type ModelLookup = (id: string) => EmbedModel | undefined;

export function lookUpIn(models: readonly EmbedModel[]): ModelLookup {
  return (id) => models.find((model) => model.id === id);
}

export interface ThresholdRule {
  /** Cosine similarity, -1..1; undefined takes the model's own. */
  readonly threshold?: number | undefined;
  /** A match takes the threshold that the gallery's size asks for, where that is higher than the model's own. */
  readonly raiseThreshold: boolean;
}

/**
 * The caller's own number; else the model's, raised with the gallery where the model tells how similar different
 * people are.
 * @throws ArcFlowError INVALID_ARGUMENT when nobody states one
 */
export function matchThreshold(
  models: ModelLookup,
  { threshold, raiseThreshold }: ThresholdRule,
  id: string,
): MatchOptions['threshold'] {
  if (threshold !== undefined) return threshold;
  const model = models(id);
  const least = ownThreshold(model, id);
  return model && raiseThreshold ? (samples) => raisedThreshold(model, samples) ?? least : least;
}

/**
 * The threshold that the evaluation found for a model; one of the user's own may state its own in its manifest.
 * @throws ArcFlowError INVALID_ARGUMENT when it states none
 */
export function ownThreshold(model: EmbedModel | undefined, id: string): number {
  if (model?.threshold === undefined) {
    throw new ArcFlowError(
      'INVALID_ARGUMENT',
      `Expected a threshold to be set in the gallery node: the model ${id} declares none`,
      'no threshold',
    );
  }
  return model.threshold;
}
