/** Puts the bytes of a raw video stream, which come in pieces of any size, into frames. */
import { CHANNELS } from '../../image/frame';
import type { FrameInfo } from './frame-info';

/** Pixels of one frame, and the media time at which it is shown. */
export interface DecodedFrame extends FrameInfo {
  /** RGB, in shared memory. */
  readonly data: Uint8Array;
}

export class FrameAssembler {
  private frame: DecodedFrame | undefined;
  private filled = 0;

  /** @param allocate gives shared memory of so many bytes */
  constructor(private readonly allocate: (bytes: number) => Uint8Array) {}

  /** True before the first byte of a frame: begin() must tell its size. */
  get isBetweenFrames(): boolean {
    return this.frame === undefined;
  }

  begin(info: FrameInfo): void {
    this.frame = { ...info, data: this.allocate(info.width * info.height * CHANNELS) };
    this.filled = 0;
  }

  /**
   * Copies as much of the bytes as the frame wants: the one copy between the pipe and the consumer.
   * @returns the bytes that belong to the next frame
   */
  fill(bytes: Uint8Array): Uint8Array {
    if (!this.frame) return bytes;
    const { data } = this.frame;
    const wanted = bytes.subarray(0, data.length - this.filled);
    data.set(wanted, this.filled);
    this.filled += wanted.length;
    return bytes.subarray(wanted.length);
  }

  /** The frame, once its last byte is there. */
  finish(): DecodedFrame | undefined {
    const { frame } = this;
    if (!frame || this.filled < frame.data.length) return undefined;
    this.frame = undefined;
    return frame;
  }
}
