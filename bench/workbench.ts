/** What several benches share: the networks in this process, and a filled gallery. */
import { SearchEngine } from './search';
import type { EmbedModel } from '../lib/models/manifest';
import { DEFAULT_EMBED_MODEL, embedModels, findEmbedModel, readManifest } from '../lib/models/manifest';
import { Detector } from '../lib/detect/mtcnn/detector';
import { fillGallery } from './match';
import {
  networksOf,
  openCascade,
  openRecorded,
  type RecordedCascade,
  type RecordedNetwork,
} from './networks';

/** People whom every frame's faces are compared with, of one sample each. */
const GALLERY_SIZE = 10_000;

export interface Workbench {
  readonly cascade: RecordedCascade;
  readonly detector: Detector;
  readonly embedModel: EmbedModel;
  readonly embedNetwork: RecordedNetwork;
  readonly gallery: SearchEngine;
}

export async function openWorkbench(): Promise<Workbench> {
  const cascade = await openCascade();
  const embedModel = findEmbedModel(embedModels(readManifest()), DEFAULT_EMBED_MODEL);
  const gallery = new SearchEngine();
  await fillGallery(gallery, 0, GALLERY_SIZE);
  return {
    cascade,
    detector: new Detector(cascade),
    embedModel,
    embedNetwork: await openRecorded(embedModel.path),
    gallery,
  };
}

export async function closeWorkbench({ cascade, embedNetwork, gallery }: Workbench): Promise<void> {
  for (const network of [...networksOf(cascade), embedNetwork]) await network.release();
  await gallery.close();
}
