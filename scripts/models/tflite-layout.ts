/**
 * From TensorFlow's layout of weights (height and width first, channels last) to ONNX's (channels first). A network
 * that was trained on transposed images has its two spatial axes swapped on the way.
 */

/** Something for the vertical and for the horizontal axis. */
export type Pair<T> = readonly [vertical: T, horizontal: T];

export interface Layout {
  /** The network was trained on transposed images. */
  readonly transposed: boolean;
}

/** A pair of the file as it is meant for normal images; its own inverse. */
export function toNormal<T>([vertical, horizontal]: Pair<T>, { transposed }: Layout): Pair<T> {
  return transposed ? [horizontal, vertical] : [vertical, horizontal];
}

/**
 * Copies a row-major array with its axes in another order.
 * @param shape of `data`
 * @param order axis `order[i]` of `data` becomes axis i of the result
 */
export function permuteAxes(
  data: Float32Array,
  shape: readonly number[],
  order: readonly number[],
): { readonly dims: number[]; readonly data: Float32Array } {
  const strides = shape.map((_, axis) =>
    shape.slice(axis + 1).reduce((product, length) => product * length, 1),
  );
  const dims = order.map((axis) => shape[axis]!);
  const steps = order.map((axis) => strides[axis]!);
  const permuted = new Float32Array(data.length);
  let to = 0;
  const copy = (axis: number, from: number): void => {
    if (axis === dims.length) {
      permuted[to++] = data[from]!;
      return;
    }
    for (let index = 0; index < dims[axis]!; index++) copy(axis + 1, from + index * steps[axis]!);
  };
  copy(0, 0);
  return { dims, data: permuted };
}
