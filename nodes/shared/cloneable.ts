/** What Node-RED can copy of a message: getters that throw and revoked proxies hold up a copy of the whole. */
import type { NodeAPI, NodeMessage } from 'node-red';

/** A message with those properties of another one that Node-RED can clone; its id stays. */
export function cloneablePart(RED: NodeAPI, message: NodeMessage): NodeMessage {
  const part: NodeMessage = {};
  for (const name of Object.keys(message)) {
    const value = cloneOf(RED, message, name);
    if (value !== undefined) part[name] = value;
  }
  return part;
}

/** @returns undefined for what cannot be read or cloned */
function cloneOf(RED: NodeAPI, message: NodeMessage, name: string): unknown {
  try {
    const single: NodeMessage = { [name]: message[name] };
    // Node-RED passes the request and response of a web node on as they are.
    return RED.util.cloneMessage(single)[name];
  } catch {
    return undefined;
  }
}
