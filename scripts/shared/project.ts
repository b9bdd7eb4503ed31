import { join } from 'node:path';

/** The project's own folder. */
export const PROJECT = join(__dirname, '..', '..');
