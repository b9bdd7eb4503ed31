import type { Option } from '../shared/arguments';

/** Every protocol takes these. */
export const COMMON_OPTIONS: readonly Option[] = [
  { name: 'json', help: 'print one JSON object instead of a table' },
  { name: 'model', value: 'ID', help: 'embedding model of the manifest (default: the shipped default)' },
  { name: 'manifest', value: 'FILE', help: 'a manifest of your own models' },
  { name: 'flip', help: 'average each embedding with that of the mirrored face' },
  { name: 'out', value: 'DIR', help: 'write a report with plots that opens offline' },
  { name: 'provider', value: 'NAME', help: 'execution provider (default cpu)' },
  { name: 'workers', value: 'N', help: 'engines side by side (default: one a core)' },
  {
    name: 'cache',
    value: 'DIR',
    help: 'where results of the cpu are kept between runs (default .cache/evaluate)',
  },
  { name: 'no-cache', help: 'compute everything anew and keep nothing' },
];
