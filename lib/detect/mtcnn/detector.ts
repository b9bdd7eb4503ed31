/**
 * MTCNN: Zhang, Zhang, Li, Qiao, "Joint Face Detection and Alignment Using Multitask Cascaded Convolutional
 * Networks", 2016. Pyramid → P-Net → R-Net → O-Net; each stage is a file of this folder.
 */
import type { Face } from '../../core/face';
import { nonMaximumSuppression } from '../../geometry/nms';
import type { Frame } from '../../image/frame';
import type { Network } from '../../inference/network';
import { Stopwatch } from '../../core/stopwatch';
import type { Detector } from '../detector';
import { selectFaces } from '../select';
import { regress, toSquare } from './candidate';
import { confirm, REFINED_OVERLAP } from './confirm';
import type { DetectOptions } from './options';
import { propose } from './proposals';
import { Pyramid } from './pyramid';
import { refine } from './refine';

export interface CascadeNetworks {
  readonly pnet: Network;
  readonly rnet: Network;
  readonly onet: Network;
}

/** Holds the pyramid's buffers, so one call at a time. */
export class MtcnnDetector implements Detector {
  private readonly pyramid: Pyramid;

  /** @param stripPixels see Pyramid */
  constructor(
    private readonly networks: CascadeNetworks,
    stripPixels?: number,
  ) {
    this.pyramid = new Pyramid(stripPixels);
  }

  /** The faces of a frame, most confident first. Boxes are in pixels of the frame and may reach past its border. */
  async detect(frame: Frame, options: DetectOptions, watch = new Stopwatch()): Promise<Face[]> {
    try {
      return await this.cascade(frame, options, watch);
    } finally {
      this.pyramid.trim();
    }
  }

  private async cascade(frame: Frame, options: DetectOptions, watch: Stopwatch): Promise<Face[]> {
    const { pnet, rnet, onet } = this.networks;
    const levels = await watch.time('pyramid', () =>
      this.pyramid.build(frame, options.minFaceSize, options.scaleFactor),
    );
    const proposals = await propose(pnet, levels, options.threshold1, watch);
    const refined = await refine(
      { name: 'rnet', network: rnet, size: 24, batch: 32, threshold: options.threshold2 },
      this.pyramid,
      proposals,
      watch,
    );
    const squares = nonMaximumSuppression(refined, REFINED_OVERLAP).map(regress).map(toSquare);
    const faces = await confirm(onet, this.pyramid, squares, options.threshold3, watch);
    return selectFaces(faces, frame, options);
  }
}
