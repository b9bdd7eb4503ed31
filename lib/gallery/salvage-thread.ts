/** The thread that reads a damaged gallery. */
import { serve } from '../worker/serve';
import { salvage } from './stores/sqlite/salvage';

const operations = { salvage };
export type SalvageOperations = typeof operations;

serve(operations);
