/**
 * What a preprocessing operation is: a name, a list of parameters that editor, validation and documentation are made
 * from, and a pure function of a frame.
 */
import type { Face } from '../core/face';
import type { Parameter, Value, Values } from '../core/parameters';
import type { Frame } from '../image/frame';
import type { Transform } from '../geometry/transform';

/** Where results are written, so that a chain of steps reuses two buffers instead of making one each. */
export interface Context {
  /** A frame to write over while reading `source` at the same pixel: the source itself unless the caller owns it. */
  inPlace(source: Frame): Frame;
  /** A frame of this size other than the source; its pixels are undefined. */
  target(source: Frame, width?: number, height?: number): Frame;
  /** The faces of the frame, in its pixels; undefined where nothing has looked for any. */
  readonly faces?: readonly Face[];
}

/** A step that an automatic operation took, and why. */
export interface Correction {
  readonly step: string;
  readonly parameters: Readonly<Record<string, Value>>;
  readonly because: { readonly measure: string; readonly value: number; readonly bound: number };
}

export interface Outcome {
  readonly frame: Frame;
  /** Where pixels went, for operations that move them. */
  readonly transform?: Transform;
  /** What an operation that measures the frame found, such as the gamma that it chose. */
  readonly found?: Readonly<Record<string, number>>;
  readonly corrections?: readonly Correction[];
}

export interface Operation<P extends readonly Parameter[] = readonly Parameter[]> {
  readonly id: string;
  readonly parameters: P;
  /** Whether it reads the frame's faces. */
  readonly needsFaces?: boolean;
  /** Whether faces found before lie elsewhere afterwards; then the outcome has a transform. */
  readonly movesPixels?: boolean;
  /** Leaves the source as it is, unless the context hands it out as the target. */
  apply(source: Frame, values: Values<P>, context: Context): Outcome;
}

/** Gives `apply` the types that its list of parameters stands for. */
export function operation<const P extends readonly Parameter[]>(definition: Operation<P>): Operation<P> {
  return definition;
}
