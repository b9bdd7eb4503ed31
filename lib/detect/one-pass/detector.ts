/** Detection in one pass of a network over each view of the frame, and a second opinion from O-Net where it takes one. */
import { ArcFlowError } from '../../core/errors';
import { mapLandmarks, type Face } from '../../core/face';
import { Stopwatch } from '../../core/stopwatch';
import { measurePose } from '../../geometry/pose';
import { nonMaximumSuppression } from '../../geometry/nms';
import { CHANNELS, type Frame } from '../../image/frame';
import type { Network, Tensors } from '../../inference/network';
import { inputShape } from '../../inference/single';
import type { DetectModel, ModelInput } from '../../models/manifest';
import { writePlanes } from '../../pixels/planes';
import { resample } from '../../pixels/triangle-resample';
import type { Detector, OpenedNetwork } from '../detector';
import { toSquare, type Candidate } from '../mtcnn/candidate';
import { confirm } from '../mtcnn/confirm';
import { Pyramid } from '../mtcnn/pyramid';
import { selectFaces } from '../select';
import type { Found, OnePass, OnePassOptions } from './kind';
import { levelsOf, type Level, type Size } from './views';

/** What lies outside the frame, 0..255. */
const GREY = 127;
const NO_REGRESSION = [0, 0, 0, 0] as const;

/** Holds the buffers of one frame size, so one call at a time. */
export class OnePassDetector implements Detector {
  private readonly pyramid = new Pyramid();
  private readonly planes: Float32Array;
  private readonly canvas: Frame;

  private constructor(
    private readonly kind: OnePass,
    private readonly input: ModelInput,
    private readonly network: Network,
    private readonly onet: Network | undefined,
  ) {
    this.planes = new Float32Array(CHANNELS * input.width * input.height);
    this.canvas = emptyFrame(input);
  }

  /**
   * @param onet absent where the network gives landmarks
   * @throws ArcFlowError MODEL_MISMATCH when the network's file is not what its manifest and the kind say
   */
  static async open(
    kind: OnePass,
    { model, network }: OpenedNetwork,
    onet: Network | undefined,
  ): Promise<OnePassDetector> {
    checkInput(model, network);
    const detector = new OnePassDetector(kind, model.input, network, onet);
    const outputs = await detector.run();
    kind.decode(outputs, model.input, 1);
    kind.check?.(outputs);
    return detector;
  }

  async detect(frame: Frame, options: OnePassOptions, watch = new Stopwatch()): Promise<Face[]> {
    try {
      return await this.find(frame, options, watch);
    } finally {
      this.pyramid.trim();
    }
  }

  private async find(frame: Frame, options: OnePassOptions, watch: Stopwatch): Promise<Face[]> {
    const { kind, onet, pyramid } = this;
    const found: Found[] = [];
    for (const level of levelsOf(frame, this.input, kind.smallestFace, options.minFaceSize)) {
      found.push(...(await this.search(frame, level, options.score, watch)));
    }
    const apart = await watch.time('nms', () => nonMaximumSuppression(found, options.overlap));
    if (!onet) return selectFaces(apart.map(toFace), frame, options);
    await watch.time('pyramid', () => pyramid.hold(frame));
    const squares = apart.map(toCandidate).map(toSquare);
    const faces = await confirm(onet, pyramid, squares, options.confirm!, watch);
    return selectFaces(faces, frame, options);
  }

  /** The faces of one level in pixels of the frame. */
  private async search(frame: Frame, level: Level, score: number, watch: Stopwatch): Promise<Found[]> {
    const scaled = emptyFrame(level);
    await watch.time('resize', () => resample(frame, scaled));
    const found: Found[] = [];
    for (const tile of level.tiles) {
      await watch.time('planes', () => this.show(scaled, tile));
      const outputs = await watch.time('network', () => this.run());
      const faces = await watch.time('boxes', () => this.kind.decode(outputs, this.input, score));
      const whole = faces.filter((face) => isWhole(face, tile, this.input, level));
      found.push(
        ...whole.map((face) => toFrame(face, tile, frame.width / level.width, frame.height / level.height)),
      );
    }
    return found;
  }

  /** Writes the part of a picture that begins at a tile's corner to the network's input; what lies outside is grey. */
  private show(scaled: Frame, { x, y }: Level['tiles'][number]): void {
    const { canvas, input } = this;
    const width = Math.min(canvas.width, scaled.width - x);
    const height = Math.min(canvas.height, scaled.height - y);
    if (width < canvas.width || height < canvas.height) canvas.data.fill(GREY);
    for (let row = 0; row < height; row++) {
      const from = ((y + row) * scaled.width + x) * CHANNELS;
      canvas.data.set(scaled.data.subarray(from, from + width * CHANNELS), row * canvas.width * CHANNELS);
    }
    writePlanes(canvas, { ...input, mirror: false }, this.planes);
  }

  private run(): Promise<Tensors> {
    const { input, network, planes } = this;
    const [name] = Object.keys(network.inputs);
    return network.run({ [name!]: { data: planes, dims: [1, CHANNELS, input.height, input.width] } });
  }
}

/** @throws ArcFlowError MODEL_MISMATCH that says what differs */
function checkInput({ id, file, input }: DetectModel, network: Network): void {
  const declared = [1, CHANNELS, input.height, input.width];
  const shape = inputShape(network);
  const fits =
    shape.length === declared.length &&
    shape.every((size, axis) => size === undefined || size === declared[axis]);
  if (fits) return;
  const found = shape.map((size) => size ?? 'n').join(', ');
  throw new ArcFlowError(
    'MODEL_MISMATCH',
    `Model ${id} declares input [${declared.join(', ')}] but its file ${file} has [${found}]`,
    'model differs',
  );
}

/** False for a box that an inner border of the tile cuts: the neighbour shows that face whole, or a level before did. */
function isWhole(
  { x1, y1, x2, y2 }: Found,
  tile: Level['tiles'][number],
  { width, height }: Size,
  level: Level,
): boolean {
  return (
    (x1 > 0 || tile.x === 0) &&
    (y1 > 0 || tile.y === 0) &&
    (x2 < width || tile.x + width >= level.width) &&
    (y2 < height || tile.y + height >= level.height)
  );
}

function toFrame(found: Found, tile: Level['tiles'][number], scaleX: number, scaleY: number): Found {
  const x = (value: number): number => (value + tile.x) * scaleX;
  const y = (value: number): number => (value + tile.y) * scaleY;
  const { landmarks } = found;
  return {
    ...{ x1: x(found.x1), y1: y(found.y1), x2: x(found.x2), y2: y(found.y2), score: found.score },
    ...(landmarks && { landmarks: mapLandmarks(landmarks, (point) => ({ x: x(point.x), y: y(point.y) })) }),
  };
}

/** In memory of this thread alone: nobody else sees these pixels. */
function emptyFrame({ width, height }: Size): Frame {
  const data = new Uint8Array(width * height * CHANNELS);
  return { data, width, height, timestamp: 0, sequence: 0, source: '' };
}

function toCandidate({ x1, y1, x2, y2, score }: Found): Candidate {
  return { x1, y1, x2, y2, score, regression: NO_REGRESSION, points: undefined };
}

/** For a network that gives landmarks. */
function toFace({ x1, y1, x2, y2, score, landmarks }: Found): Face {
  const [width, height] = [x2 - x1, y2 - y1];
  return {
    box: { x: x1, y: y1, width, height },
    confidence: score,
    landmarks: landmarks!,
    quality: { size: Math.min(width, height), ...measurePose(landmarks!) },
  };
}
