/** Adds the same to every level. */
import { operation } from '../operation';
import { applyTable, tableOf } from '../../pixels/table';

export const brightness = operation({
  id: 'brightness',
  parameters: [{ name: 'offset', type: 'number', min: -255, max: 255, default: 0, unit: 'levels' }],
  apply(source, { offset }, context) {
    const frame = context.inPlace(source);
    applyTable(
      source,
      frame,
      tableOf((level) => level + offset),
    );
    return { frame };
  },
});
