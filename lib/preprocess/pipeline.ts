/** Runs a list of steps over a frame. */
import { ArcFlowError } from '../core/errors';
import type { Face } from '../core/face';
import { CHANNELS, type Frame } from '../image/frame';
import type { Context, Outcome } from './operation';
import { frameLike } from '../pixels/image';
import { operationOf, type Step } from './steps';
import { moveFace } from '../geometry/transform';

/** What one step did. Has no pixels: it travels in msg.preprocess. */
export interface StepReport extends Omit<Outcome, 'frame'> {
  readonly id: string;
  readonly ms: number;
  /** Of a step that worked on the region of one face: the face's place in the list, from 0. */
  readonly face?: number;
  /** Why the step had nothing to do. */
  readonly skipped?: 'no faces';
  /** How many faces went nowhere with their pixels: outside what a lens or a perspective shows. */
  readonly facesLost?: number;
}

export interface Preprocessed {
  readonly frame: Frame;
  /** The given faces where their pixels are now, without those that went nowhere; undefined where none were given. */
  readonly faces?: readonly Face[];
  /** The enabled steps in order. */
  readonly report: readonly StepReport[];
}

export interface PreprocessOptions {
  /** The faces that a detector found in the frame; an empty list where it found none. */
  readonly faces?: readonly Face[];
}

/**
 * Runs the enabled steps one after the other. The given frame is never written to: the first step that changes
 * pixels writes a copy, and all others share that and one more.
 * @throws ArcFlowError INVALID_ARGUMENT for a step that needs faces where nothing has looked for any, and for values
 *   that only a frame can show to be wrong
 */
export function preprocess(
  frame: Frame,
  steps: readonly Step[],
  options: PreprocessOptions = {},
): Preprocessed {
  const buffers = new Buffers();
  const report: StepReport[] = [];
  let current = frame;
  let { faces } = options;
  for (const { id, enabled, ...values } of steps) {
    if (!enabled) continue;
    const operation = operationOf(id);
    const started = performance.now();
    const elapsed = (): number => performance.now() - started;
    if (operation.needsFaces && !faces) throw facesMissing(id);
    if (operation.needsFaces && faces?.length === 0) {
      report.push({ id, ms: elapsed(), skipped: 'no faces' });
      continue;
    }
    const { frame: result, ...rest } = operation.apply(current, values, buffers.contextWith(faces));
    const { transform } = rest;
    const moved = transform ? faces?.flatMap((face) => moveFace(face, transform) ?? []) : faces;
    const facesLost = (faces?.length ?? 0) - (moved?.length ?? 0);
    faces = moved;
    current = result;
    report.push({ id, ms: elapsed(), ...rest, ...(facesLost > 0 && { facesLost }) });
  }
  return { frame: current, report, ...(faces && { faces }) };
}

function facesMissing(id: string): ArcFlowError {
  return new ArcFlowError(
    'INVALID_ARGUMENT',
    `The step ${id} needs faces but the message has none: put it after mtcnn-detect`,
    `${id}: no faces`.slice(0, 20),
  );
}

/** The pixels that steps write: two buffers in turn, as long as the frame keeps its size. */
class Buffers {
  private owned: readonly Frame[] = [];

  contextWith(faces: readonly Face[] | undefined): Context {
    return {
      inPlace: (source) => (this.owns(source) ? source : this.target(source)),
      target: (source, width, height) => this.target(source, width, height),
      ...(faces && { faces }),
    };
  }

  private owns({ data }: Frame): boolean {
    return this.owned.some((frame) => frame.data === data);
  }

  private target(source: Frame, width = source.width, height = source.height): Frame {
    const bytes = width * height * CHANNELS;
    const spare = this.owned.find(({ data }) => data.length === bytes && data !== source.data);
    const frame = spare ? { ...source, data: spare.data, width, height } : frameLike(source, width, height);
    this.owned = [frame, ...this.owned.filter(({ data }) => data === source.data)];
    return frame;
  }
}
