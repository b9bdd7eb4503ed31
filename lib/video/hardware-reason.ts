/** Says in plain words that it was the chosen hardware which failed: what FFmpeg says of it does not name it. */
import type { Hardware } from './options';

/** Of both decoders: "Device setup failed for decoder …", "no vaapi device was found", "Failed to open codec". */
const ABOUT_HARDWARE = /device|codec|decoder/i;

/** @param reason of the decoder, why there is no picture */
export function withHardware(reason: string, hardware: Hardware): string {
  const chosen = hardware !== 'none' && hardware !== 'auto';
  if (!chosen || !ABOUT_HARDWARE.test(reason)) return reason;
  return `decoding on ${hardware} does not work here (${reason}); "auto" uses what there is, "none" the processor`;
}
