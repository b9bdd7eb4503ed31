/** Joins 1 × 1 convolutions that follow each other without an activation: two matrices become their product. */
import { isPointwise, onlyConsumer, rewriteNodes, weights } from './graph';
import type { Graph, Node } from './onnx';

/** The graph with every such pair joined, as long as the product has no more weights than the two. */
export function joinLinearChains(graph: Graph): Graph {
  for (const first of graph.nodes) {
    const second = isPointwise(first, graph) ? onlyConsumer(graph, first.output) : undefined;
    if (second !== undefined && isPointwise(second, graph) && isWorthJoining(first, second, graph)) {
      return joinLinearChains(join(graph, first, second));
    }
  }
  return graph;
}

function isWorthJoining(first: Node, second: Node, { constants }: Graph): boolean {
  const [middle = 0, into = 0] = weights(constants, first.inputs[1]).dims;
  const [out = 0] = weights(constants, second.inputs[1]).dims;
  return out * into <= out * middle + middle * into;
}

function join(graph: Graph, first: Node, second: Node): Graph {
  return rewriteNodes(graph, (node, constants) => {
    if (node === first) return [];
    if (node !== second) return [node];
    const [a, b] = [weights(constants, first.inputs[1]), weights(constants, second.inputs[1])];
    const [middle = 0, into = 0] = a.dims;
    const [out = 0] = b.dims;
    const shift = weights(constants, second.inputs[2]).data.slice();
    const inner = weights(constants, first.inputs[2]).data;
    const product = new Float32Array(out * into);
    const row = new Float64Array(into);
    for (let o = 0; o < out; o++) {
      row.fill(0);
      let bias = shift[o]!;
      for (let m = 0; m < middle; m++) {
        const factor = b.data[o * middle + m]!;
        bias += factor * inner[m]!;
        for (let i = 0; i < into; i++) row[i] = row[i]! + factor * a.data[m * into + i]!;
      }
      product.set(row, o * into);
      shift[o] = bias;
    }
    constants.set(second.inputs[1]!, { dims: [out, into, 1, 1], data: product });
    constants.set(second.inputs[2]!, { dims: [out], data: shift });
    return [{ ...second, inputs: [first.inputs[0]!, second.inputs[1]!, second.inputs[2]!] }];
  });
}
