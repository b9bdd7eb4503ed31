/**
 * A Node-RED node of the trials: a gate between the flow and the process that puts it to the test. It sends what that
 * process gives it, and reports what comes to it. In the user directory's folder `nodes`, never in the package.
 */
import type { NodeAPI, Node, NodeDef, NodeMessage } from 'node-red';
import type { Arrival, Command, Report } from './gate-messages';

type Fields = Readonly<Record<string, unknown>>;

const gates = new Map<string, Node>();

function report(message: Report): void {
  if (process.connected) process.send?.(message);
}

/** The field of whatever may be there. */
function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Fields)[name] : undefined;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function arrivalOf(gate: string, message: NodeMessage): Arrival {
  const faces: unknown = field(message, 'faces');
  const all: readonly unknown[] = Array.isArray(faces) ? faces : [];
  const error = field(message, 'error');
  const state = field(message.payload, 'state');
  return {
    type: 'arrival',
    gate,
    messageId: text(message._msgid),
    topic: text(message.topic),
    faces: all.length,
    people: all.map((face) => text(field(field(face, 'match'), 'person'))).filter((name) => name !== ''),
    ...(typeof state === 'string' && { state }),
    ...(error !== undefined && {
      error: {
        message: text(field(error, 'message')),
        code: text(field(error, 'code')),
        nodeType: text(field(field(error, 'source'), 'type')),
      },
    }),
  };
}

function obey(command: Command): void {
  if (command.type === 'inject') gates.get(command.gate)?.send({ ...command.message });
  else {
    (globalThis as { gc?: () => void }).gc?.();
    report({ type: 'settled' });
  }
}

process.on('message', (command: Command) => obey(command));
// Whoever puts this Node-RED to the test is gone.
process.on('disconnect', () => process.exit());

export = (RED: NodeAPI): void => {
  function Gate(this: Node, def: NodeDef): void {
    RED.nodes.createNode(this, def);
    gates.set(def.id, this);
    this.on('input', (message, _send, done) => {
      report(arrivalOf(def.id, message));
      done();
    });
    this.on('close', () => {
      if (gates.get(def.id) === this) gates.delete(def.id);
    });
  }
  RED.nodes.registerType('endure-gate', Gate);
};
