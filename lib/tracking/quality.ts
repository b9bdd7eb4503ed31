/** How much one look at a face is worth, for votes and for the best crop. */
import type { Face } from '../core/face';

/** The networks see faces at 112 × 112: more pixels add nothing. */
const FULL_SIZE_PX = 112;
/** A blurred face is worth this share of a sharp one: blur measures are crude, and small faces always look blurred. */
const BLURRED_WORTH = 0.25;
/** Sharpness assumed where nobody measured it. */
const UNMEASURED_SHARPNESS = 0.5;

const cosDegrees = (degrees: number) => Math.max(Math.cos((degrees * Math.PI) / 180), 0);

/** 0 (worthless) to 1 (large, sharp, frontal): size × sharpness × pose; half at a turn of 45°, nothing in profile. */
export function faceScore({ quality }: Pick<Face, 'quality'>): number {
  const size = Math.min(Math.max(quality.size / FULL_SIZE_PX, 0), 1);
  const sharpness = BLURRED_WORTH + (1 - BLURRED_WORTH) * (quality.sharpness ?? UNMEASURED_SHARPNESS);
  const frontal = (cosDegrees(quality.yaw) * cosDegrees(quality.pitch)) ** 2;
  return size * sharpness * frontal;
}
