/**
 * The one door of all admin endpoints: each states the permission that it takes, is kept from other sites, answers in
 * JSON, and says what went wrong in one form.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NodeAPI } from 'node-red';
import { ArcFlowError, messageOf } from '../../lib/core/errors';

/** What an endpoint is asked. */
export interface Question {
  readonly query: Readonly<Record<string, unknown>>;
  /** Parsed JSON, from outside; absent of a GET. */
  readonly body: unknown;
}

export interface Endpoint {
  readonly method: 'get' | 'post';
  readonly path: string;
  /** read: what any user of the editor may know; write: what shows pictures or secrets, or computes. */
  readonly permission: 'read' | 'write';
  /** What is answered, as JSON can hold it. An ArcFlowError becomes 400, a Refusal what it says, anything else 500. */
  answer(question: Question): unknown;
}

/** An answer that is none, with an HTTP status of its own. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** On Node-RED's own application: a copy of this module that is loaded later finds what an earlier one has registered. */
const REGISTERED = Symbol.for('@arcflow/node-red-arcflow/endpoints');

type Handler = (question: Question, response: ServerResponse) => void;
type Registered = Map<string, Handler>;

/** Node-RED may load a node's module again, and Express keeps each route for good: the route asks who answers now. */
export function registerEndpoint(RED: NodeAPI, endpoint: Endpoint): void {
  const { method, path, permission } = endpoint;
  const registered = registeredOn(RED.httpAdmin);
  const key = `${method} ${path}`;
  const isRouted = registered.has(key);
  registered.set(key, ({ query, body }, response) => {
    void respond(response, () => endpoint.answer({ query, body }));
  });
  if (isRouted) return;
  RED.httpAdmin[method](
    path,
    refuseOtherSites,
    RED.auth.needsPermission(`arcflow.${permission}`),
    (question: Question, response: ServerResponse) => registered.get(key)!(question, response),
  );
}

function registeredOn(app: object): Registered {
  const holder = app as { [REGISTERED]?: Registered };
  return (holder[REGISTERED] ??= new Map<string, Handler>());
}

async function respond(response: ServerResponse, answer: () => unknown): Promise<void> {
  try {
    send(response, 200, await answer());
  } catch (error) {
    refuse(response, toRefusal(error));
  }
}

function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof ArcFlowError) return new Refusal(400, error.code, error.message);
  return new Refusal(500, 'INTERNAL', messageOf(error));
}

/** Browsers say where a request comes from: from the editor's own pages, or from what the user typed in. */
const OWN_SITES: readonly unknown[] = ['same-origin', 'none', undefined];

/**
 * Refuses what a page of another site sends from the user's browser: Node-RED lets every site read the answers of its
 * admin endpoints, and without adminAuth there is nothing else to keep it out. Programs that are no browser say nothing.
 */
function refuseOtherSites(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  if (OWN_SITES.includes(request.headers['sec-fetch-site'])) next();
  else refuse(response, new Refusal(403, 'OTHER_SITE', 'Only pages of this Node-RED may ask for that'));
}

function refuse(response: ServerResponse, { status, code, message }: Refusal): void {
  send(response, status, { status, code, message });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}
