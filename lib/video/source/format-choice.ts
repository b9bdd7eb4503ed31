/**
 * How an HTTP camera's pictures are told apart. FFmpeg's demuxer for multipart streams refuses those that many small
 * cameras send: a picture before the first boundary, parts of a type that it does not know. Looking for JPEG after JPEG
 * in the bytes plays them all, and is tried where the first way finds nothing. What worked is kept while the source lives.
 */
import type { DecoderInput } from '../decoder/decoder-input';
import type { Outcome } from '../player/player-messages';

const HTTP = /^https?:/i;
/** What the decoders say of bytes that they cannot read, in FFmpeg's words and in this project's. */
const UNREADABLE = /invalid data|any stream|holds no (?:picture|video)|unexpected content-type/i;
/** FFmpeg may be built without the protocol that the second way comes by. */
const NO_WAY = /protocol not found/i;
/** What else a camera looks like to the wrong demuxer. */
const SILENT = /no picture for/i;

export class FormatChoice {
  private jpegs = false;

  /** The input as it is to be read now. */
  apply(input: DecoderInput): DecoderInput {
    return this.jpegs ? { ...input, format: 'mjpeg' } : input;
  }

  /**
   * Plays, and at once a second time in the other way where the first found nothing to read.
   * @param play opens the input anew
   */
  async play({ url, paced }: DecoderInput, play: () => Promise<Outcome>): Promise<Outcome> {
    const first = await play();
    const mayBeJpegs = HTTP.test(url) && !paced;
    if (!mayBeJpegs || first.frames > 0) return first;
    if (!UNREADABLE.test(first.error ?? '')) {
      if (SILENT.test(first.error ?? '')) this.jpegs = false;
      return first;
    }
    this.jpegs = !this.jpegs;
    const second = await play();
    const said = second.error ?? '';
    const isNeither = second.frames === 0 && (UNREADABLE.test(said) || NO_WAY.test(said));
    if (!isNeither) return second;
    this.jpegs = !this.jpegs;
    return first;
  }
}
