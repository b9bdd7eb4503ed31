import assert from 'node:assert/strict';
import { DEFAULT_ANNOTATE_OPTIONS, toAnnotateOptions } from '../../../lib/annotate/options';

describe('toAnnotateOptions', () => {
  it('fills in defaults', () => {
    assert.deepEqual(toAnnotateOptions(), DEFAULT_ANNOTATE_OPTIONS);
    assert.deepEqual(toAnnotateOptions({}), DEFAULT_ANNOTATE_OPTIONS);
  });

  it('takes what is given', () => {
    const options = {
      boxes: false,
      landmarks: false,
      names: false,
      similarity: false,
      confidence: false,
      strangerText: '',
      fps: 0,
      colours: { known: '#000001', stranger: '#000002', detected: '#00000A' },
      lineWidth: 1,
      fontSize: 6,
    };
    assert.deepEqual(toAnnotateOptions(options), options);
  });

  it('completes colours one by one', () => {
    const { colours } = toAnnotateOptions({ colours: { stranger: '#ff0000' } });
    assert.deepEqual(colours, { ...DEFAULT_ANNOTATE_OPTIONS.colours, stranger: '#ff0000' });
  });

  for (const [options, message] of [
    [null, 'Expected an object for annotate options but received null'],
    [{ boxes: 'yes' }, 'Expected true or false for boxes but received "yes"'],
    [{ landmarks: 1 }, 'Expected true or false for landmarks but received 1'],
    [{ strangerText: 7 }, 'Expected a string for strangerText but received 7'],
    [{ fps: NaN }, 'Expected a number of at least 0 for fps but received NaN'],
    [{ lineWidth: 0 }, 'Expected an integer between 1 and 64 for lineWidth but received 0'],
    [{ fontSize: 5.5 }, 'Expected an integer between 6 and 256 for fontSize but received 5.5'],
    [{ colours: 'red' }, 'Expected an object for colours but received "red"'],
    [
      { colours: { known: 'green' } },
      'Expected a colour such as #1a2b3c for colours.known but received "green"',
    ],
    [{ colours: { detected: 5 } }, 'Expected a colour such as #1a2b3c for colours.detected but received 5'],
  ] as const) {
    it(`refuses ${JSON.stringify(options)}`, () => {
      assert.throws(() => toAnnotateOptions(options), { code: 'INVALID_ARGUMENT', message });
    });
  }
});
