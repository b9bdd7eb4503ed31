/** What guards the admin endpoints beside the permission that each of them needs. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Browsers say where a request comes from: from the editor's own pages, or from what the user typed in. */
const OWN_SITES: readonly unknown[] = ['same-origin', 'none', undefined];

/**
 * Refuses what a page of another site sends from the user's browser: Node-RED lets every site read the answers of its
 * admin endpoints, and without adminAuth there is nothing else to keep it out. Programs that are no browser say nothing.
 */
export function refuseOtherSites(request: IncomingMessage, response: ServerResponse, next: () => void): void {
  if (OWN_SITES.includes(request.headers['sec-fetch-site'])) {
    next();
    return;
  }
  response.writeHead(403, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ message: 'Only pages of this Node-RED may ask for that' }));
}
