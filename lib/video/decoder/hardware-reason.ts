/** Says in plain words that it was the chosen hardware which failed: what FFmpeg says of it does not name it. */
import type { Hardware } from '../source/options';

/** What both decoders say of hardware, and of nothing else: a camera may be a missing device too. */
const ABOUT_HARDWARE =
  /device (?:setup|creation) failed|no device available for decoder|no \w+ device was found|opening decoder|open codec/i;

/** @param reason of the decoder, why there is no picture */
export function withHardware(reason: string, hardware: Hardware): string {
  const chosen = hardware !== 'none' && hardware !== 'auto';
  if (!chosen || !ABOUT_HARDWARE.test(reason)) return reason;
  return `decoding on ${hardware} does not work here (${reason}); "auto" uses what there is, "none" the processor`;
}
