import type { Option } from '../../shared/arguments';

export const CLIP_OPTION: Option = {
  name: 'clip',
  value: 'FILE',
  help: 'a clip of your own (default: made of sample photographs)',
};
