/** Every admin endpoint: who may ask it, from where, and how it says no. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { NodeAPI } from 'node-red';
import { ArcFlowError } from '../../lib/core/errors';
import { Refusal, registerEndpoint, type Endpoint } from '../../nodes/admin/endpoints';
import { ask, logInAll, WITH_USERS, type Headers } from '../support/admin-users';
import { ensureBuilt } from '../support/built';
import { nodeFolders, read, ROOT } from '../support/node-folder';
import { startNodeRed, type NodeRed } from '../support/node-red';

/** Building, and starting Node-RED, on a small busy machine. */
const START_MS = 600_000;

/** Method and path → who may ask. */
const ENDPOINTS: Readonly<Record<string, Endpoint['permission']>> = {
  'get /arcflow/models': 'read',
  'get /arcflow/detectors': 'read',
  'get /arcflow/preprocess/operations': 'read',
  'post /arcflow/preprocess/preview': 'write',
  'get /arcflow/video/address': 'write',
};

const load = createRequire(__filename);
type Route = readonly [request: string, permission: unknown];

/** Collects the routes that modules register, each a middleware that names its permission. */
function collector(): { readonly RED: NodeAPI; readonly routes: Route[] } {
  const routes: Route[] = [];
  const record =
    (method: string) =>
    (path: string, _refuseOtherSites: unknown, permission: unknown): void =>
      void routes.push([`${method} ${path}`, permission]);
  const RED = {
    nodes: { registerType: () => undefined },
    httpAdmin: { get: record('get'), post: record('post') },
    auth: { needsPermission: (permission: string) => permission },
  };
  return { RED: RED as unknown as NodeAPI, routes };
}

describe('admin endpoints', () => {
  it('are those of the table, each with its permission, however often the modules are loaded', () => {
    const { RED, routes } = collector();
    for (let time = 0; time < 2; time++) {
      for (const folder of nodeFolders())
        (load(join(ROOT, 'nodes', folder, folder)) as (RED: NodeAPI) => void)(RED);
    }
    const expected = Object.entries(ENDPOINTS).map(([route, permission]) => [route, `arcflow.${permission}`]);
    assert.deepEqual(routes.sort(), expected.sort());
  });

  it('go through one door', () => {
    const sources = readdirSync(join(ROOT, 'nodes'), { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    const others = sources.filter((file) => file !== join('admin', 'endpoints.ts'));
    assert.deepEqual(
      others.filter((file) => /httpAdmin|needsPermission/.test(read('nodes', file))),
      [],
    );
  });

  it('answer with the newest of those who were registered for a path', async () => {
    const answer = answering();
    answer.register({ method: 'get', path: '/x', permission: 'read', answer: () => 'first' });
    answer.register({ method: 'get', path: '/x', permission: 'read', answer: () => 'second' });
    assert.deepEqual(await answer.ask(), [200, 'second']);
  });

  for (const [what, error, expected] of [
    [
      'a value out of range',
      new ArcFlowError('INVALID_ARGUMENT', 'Expected 1 for x but received 2'),
      { status: 400, code: 'INVALID_ARGUMENT', message: 'Expected 1 for x but received 2' },
    ],
    [
      'a refusal',
      new Refusal(409, 'OVERTAKEN', 'Another came'),
      { status: 409, code: 'OVERTAKEN', message: 'Another came' },
    ],
    [
      'something unforeseen',
      new TypeError('x is not a function'),
      { status: 500, code: 'INTERNAL', message: 'x is not a function' },
    ],
  ] as const) {
    it(`say ${what} in one form`, async () => {
      const answer = answering();
      answer.register({
        method: 'get',
        path: '/x',
        permission: 'read',
        answer: () => Promise.reject(error),
      });
      assert.deepEqual(await answer.ask(), [expected.status, expected]);
    });
  }
});

type Handler = (question: object, response: object) => void;

/** Node-RED's application with one route, and asking it. */
function answering() {
  let route: Handler | undefined;
  const RED = {
    httpAdmin: { get: (...parts: Handler[]) => (route = parts.at(-1)) },
    auth: { needsPermission: () => undefined },
  } as unknown as NodeAPI;
  return {
    register: (endpoint: Endpoint) => registerEndpoint(RED, endpoint),
    ask: () =>
      new Promise<[number, unknown]>((resolve) => {
        let status = 0;
        route!(
          { query: {}, body: undefined },
          {
            writeHead: (code: number) => (status = code),
            end: (text: string) => resolve([status, JSON.parse(text)]),
          },
        );
      }),
  };
}

describe('admin endpoints, in Node-RED with users', function () {
  this.timeout(START_MS);
  let nodeRed: NodeRed;
  let as: Headers;

  before(async () => {
    ensureBuilt();
    nodeRed = await startNodeRed([], {}, { settings: WITH_USERS });
    as = await logInAll(nodeRed);
  });
  after(() => (nodeRed as NodeRed | undefined)?.stop());

  for (const [endpoint, permission] of Object.entries(ENDPOINTS)) {
    const [method = '', path = ''] = endpoint.split(' ');
    const answer = (headers: Record<string, string>) =>
      ask(nodeRed, method.toUpperCase(), path, headers, method === 'post' ? {} : undefined);

    it(`${endpoint} answers who may ${permission}, and nobody else`, async () => {
      assert.equal((await answer(as('nobody'))).status, 401);
      const mayRead = (await answer(as('reads'))).status;
      if (permission === 'write') assert.equal(mayRead, 401);
      else assert.equal(mayRead, 200);
      // The preview finds its empty question wanting, which is an answer.
      const expected = method === 'post' ? 400 : 200;
      assert.equal((await answer(as('writes', 'same-origin'))).status, expected);
    });

    it(`${endpoint} refuses pages of other sites`, async () => {
      for (const site of ['same-site', 'cross-site', 'anything']) {
        assert.deepEqual(await answer(as('writes', site)), {
          status: 403,
          body: { status: 403, code: 'OTHER_SITE', message: 'Only pages of this Node-RED may ask for that' },
        });
      }
    });
  }
});
