/** Users of a Node-RED with authentication, and asking its admin endpoints as one of them. */
import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import type { NodeRed } from './node-red';

/** bcrypt hashes of the passwords "reads" and "writes". */
export const USERS = [
  {
    username: 'reads',
    password: '$2b$04$0OHXMZnNglIbf.l9cv5lhucfxO9p7wkR4dBUIZLPVrYYaHHh3eaEu',
    permissions: 'read',
  },
  {
    username: 'writes',
    password: '$2b$04$L66dDXvcvjCiYnM.bgSd3OLGXPEvoP2VtuIP89EwkmeXhB/SfvNv.',
    permissions: '*',
  },
];

/** Settings of a Node-RED that has these users. */
export const WITH_USERS = { adminAuth: { type: 'credentials', users: USERS } };

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** The headers of a request by each user who has logged in, and by "nobody". */
export type Headers = (user: string, site?: string) => Record<string, string>;

export async function logInAll({ url }: Pick<NodeRed, 'url'>): Promise<Headers> {
  const tokens: Record<string, string> = {};
  for (const { username, permissions } of USERS) tokens[username] = await logIn(url, username, permissions);
  return (user, site) => ({
    ...(tokens[user] !== undefined && { authorization: `Bearer ${tokens[user]}` }),
    ...(site !== undefined && { 'sec-fetch-site': site }),
  });
}

async function logIn(url: string, username: string, scope: string): Promise<string> {
  const credentials = { client_id: 'node-red-admin', grant_type: 'password', scope };
  const response = await fetch(`${url}/auth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...credentials, username, password: username }),
  });
  assert.equal(response.status, 200, `${username} may not log in`);
  return ((await response.json()) as { access_token: string }).access_token;
}

/** Not by fetch, which writes the header Sec-Fetch-Mode and the like by itself. */
export function ask(
  { url }: Pick<NodeRed, 'url'>,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: object,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      url + path,
      { method, headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        let text = '';
        response.on('data', (part: Buffer) => (text += part.toString()));
        response.on('end', () => resolve({ status: response.statusCode!, body: parsed(text) }));
      },
    );
    request.on('error', reject);
    request.end(body && JSON.stringify(body));
  });
}

function parsed(text: string): unknown {
  return text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text;
}
