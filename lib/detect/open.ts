/** Makes a detector of what a manifest says of it. */
import { toValues, type Parameter } from '../core/parameters';
import { nonEmptyString, oneOf } from '../core/validate';
import type { Provider } from '../inference/provider-names';
import type { DetectorEntry } from '../models/manifest';
import type { Detector, OpenedNetwork } from './detector';
import { kindOf } from './kinds';
import type { CommonOptions } from './options';

/** A detector as a dialog needs it. */
export interface DescribedDetector {
  readonly id: string;
  readonly title: string;
  readonly kind: string;
  readonly options: readonly Parameter[];
}

/** @throws ArcFlowError INVALID_ARGUMENT for a kind that there is not, naming those there are */
export function describeDetector(entry: DetectorEntry): DescribedDetector {
  const { id, title } = entry;
  const { id: kind, options } = kindOf(entry);
  return { id, title, kind, options };
}

/**
 * Options from outside for a detector; what is missing gets its default.
 * @throws ArcFlowError INVALID_ARGUMENT that names the option and its range
 */
export function toDetectorOptions(
  { id, options }: Pick<DescribedDetector, 'id' | 'options'>,
  given: Readonly<Record<string, unknown>>,
): CommonOptions {
  return toValues(given, options, `options of detector ${id}`) as CommonOptions;
}

/**
 * @param load opens the network of an id
 * @throws ArcFlowError INVALID_ARGUMENT when the entry names an unknown kind, a network that the kind has no use for, or
 *   none where it needs one; MODEL_MISMATCH when a network is not what the kind takes
 */
export async function openDetector(
  entry: DetectorEntry,
  load: (id: string) => Promise<OpenedNetwork>,
  provider: Provider,
): Promise<Detector> {
  const kind = kindOf(entry);
  const ids = networkIds(entry);
  const opened = await Promise.all(
    Object.entries(ids).map(async ([use, id]): Promise<[string, OpenedNetwork]> => [use, await load(id)]),
  );
  return kind.open(Object.fromEntries(opened), provider);
}

/**
 * What each network is to the detector → its id, those that the entry leaves out included.
 * @throws ArcFlowError INVALID_ARGUMENT for an unknown kind, and for networks that do not fit it
 */
export function networkIds(entry: DetectorEntry): Record<string, string> {
  const { id, networks } = entry;
  const { networks: needed } = kindOf(entry);
  const uses = Object.keys(needed);
  for (const use of Object.keys(networks)) oneOf(use, `a key in networks of detector ${id}`, uses);
  return Object.fromEntries(
    uses.map((use) => [
      use,
      nonEmptyString(networks[use] ?? needed[use], `networks.${use} of detector ${id}`),
    ]),
  );
}
