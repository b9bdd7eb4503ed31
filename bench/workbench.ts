/** What several benches share: the networks in this process, and a filled gallery. */
import { SearchEngine } from './search';
import {
  DEFAULT_DETECTOR,
  DEFAULT_EMBED_MODEL,
  embedModels,
  findDetector,
  findEmbedModel,
  readManifest,
  type EmbedModel,
} from '../lib/models/manifest';
import { fillGallery } from './match';
import { openDetectors, openRecorded, type RecordedDetector, type RecordedNetwork } from './networks';

/** People whom every frame's faces are compared with, of one sample each. */
const GALLERY_SIZE = 10_000;

export interface Workbench {
  /** The shipped ones. */
  readonly detectors: readonly RecordedDetector[];
  /** The default one: pnet, rnet, onet. */
  readonly mtcnn: RecordedDetector;
  readonly embedModel: EmbedModel;
  readonly embedNetwork: RecordedNetwork;
  readonly gallery: SearchEngine;
}

export async function openWorkbench(): Promise<Workbench> {
  const detectors = await openDetectors();
  const embedModel = findEmbedModel(embedModels(readManifest()), DEFAULT_EMBED_MODEL);
  const gallery = new SearchEngine();
  await fillGallery(gallery, 0, GALLERY_SIZE);
  return {
    detectors,
    mtcnn: findDetector(detectors, DEFAULT_DETECTOR),
    embedModel,
    embedNetwork: await openRecorded(embedModel.path),
    gallery,
  };
}

export async function closeWorkbench({ detectors, embedNetwork, gallery }: Workbench): Promise<void> {
  for (const network of [...detectors.flatMap(({ networks }) => networks), embedNetwork])
    await network.release();
  await gallery.close();
}
