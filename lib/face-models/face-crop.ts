/** What of a frame a network on a face sees: the face on a template, or its box with what is around it. */
import type { Box, Landmarks } from '../core/face';
import { cropRegion } from '../image/crop';
import { createFrame, type Frame } from '../image/frame';
import type { FaceCrop, ModelInput } from '../models/manifest';
import { resample } from '../pixels/triangle-resample';
import { alignFace } from './align';

/** The crop of one face, in the size of the model's input. */
export function cropFace(
  frame: Frame,
  { box, landmarks }: { readonly box: Box; readonly landmarks: Landmarks },
  crop: FaceCrop,
  { width, height }: Pick<ModelInput, 'width' | 'height'>,
): Frame {
  if ('template' in crop) return alignFace(frame, landmarks, width);
  const target = createFrame(width, height, frame);
  resample(cropRegion(frame, enlarged(box, crop.box, frame), 0), target);
  return target;
}

/**
 * The box so many times as large around its centre, moved and at last shrunk until it lies in the frame, as
 * Silent-Face-Anti-Spoofing cuts its crops (minivision, 2020): black borders would tell the network of an edge.
 */
export function enlarged(box: Box, factor: number, frame: { width: number; height: number }): Box {
  const scale = Math.min(factor, frame.width / box.width, frame.height / box.height);
  const [width, height] = [box.width * scale, box.height * scale];
  const start = (from: number, size: number, length: number, most: number): number =>
    Math.min(Math.max(from + size / 2 - length / 2, 0), most - length);
  return {
    x: start(box.x, box.width, width, frame.width),
    y: start(box.y, box.height, height, frame.height),
    width,
    height,
  };
}
