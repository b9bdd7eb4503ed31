/** Node statuses: one word where it can be, the same colours as Node-RED's own nodes use. */
import type { Node } from 'node-red';
import { ArcFlowError } from '../../lib/core/errors';

const LONGEST = 20;

export function showWorking(node: Node, text: string): void {
  node.status({ fill: 'blue', shape: 'dot', text });
}

export function showResult(node: Node, text: string): void {
  node.status({ fill: 'green', shape: 'dot', text });
}

export function showWarning(node: Node, text: string): void {
  node.status({ fill: 'yellow', shape: 'ring', text });
}

/** The short text of a domain error; the whole sentence goes to the Catch node. */
export function showError(node: Node, error: unknown): void {
  const text = error instanceof ArcFlowError ? error.status : 'error';
  node.status({ fill: 'red', shape: 'ring', text: text.slice(0, LONGEST) });
}
