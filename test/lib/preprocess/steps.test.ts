import assert from 'node:assert/strict';
import { MOST_STEPS, OPERATION_IDS, OPERATIONS, toSteps } from '../../../lib/preprocess/steps';

describe('toSteps', () => {
  it('fills in defaults that are within their own ranges', () => {
    const steps = toSteps(OPERATIONS.map(({ id }) => ({ id })));
    assert.deepEqual(toSteps(steps), steps);
    steps.forEach((step, index) => {
      assert.equal(step.enabled, true);
      for (const { name } of OPERATIONS[index]!.parameters) assert.notEqual(step[name], undefined);
    });
  });

  it('takes a list of so many steps and no longer one', () => {
    const list = (count: number) => Array.from({ length: count }, () => ({ id: 'flip' }));
    assert.equal(toSteps(list(MOST_STEPS)).length, 32);
    assert.throws(() => toSteps(list(MOST_STEPS + 1)), {
      code: 'INVALID_ARGUMENT',
      message: 'Expected at most 32 steps for steps but received an array of 33',
    });
  });

  it('knows every operation once', () => assert.equal(new Set(OPERATION_IDS).size, OPERATIONS.length));

  it('describes operations by what survives JSON, apart from the function', () => {
    for (const { parameters } of OPERATIONS) {
      assert.deepEqual(JSON.parse(JSON.stringify(parameters)), parameters);
      for (const { when } of parameters) {
        const other = parameters.find(({ name }) => name === when?.parameter);
        assert.ok(!when || (other?.type === 'choice' && other.choices.includes(when.is)));
      }
    }
  });

  for (const [step, message] of [
    [{ id: 'clahe', tiles: 99 }, 'Expected an integer between 1 and 31 for clahe.tiles but received 99'],
    [
      { id: 'gaussian', sigma: '2' },
      'Expected a number between 0.3 and 100 for gaussian.sigma but received "2"',
    ],
    [
      { id: 'flip', direction: 'up' },
      'Expected one of horizontal, vertical for flip.direction but received "up"',
    ],
    [{ id: 'auto', noise: 1 }, 'Expected true or false for auto.noise but received 1'],
    [{ id: 'median', enabled: 'yes' }, 'Expected true or false for median.enabled but received "yes"'],
    [{ id: 'median', sigma: 2 }, 'Expected only radius for median but received "sigma"'],
    [{ id: 'equalise', sigma: 2 }, 'Expected no parameters for equalise but received "sigma"'],
    [
      { id: 'perspective', corners: [] },
      'Expected 4 points { x, y } for perspective.corners but received an array of 0',
    ],
    [
      {
        id: 'perspective',
        corners: [
          { x: 0, y: 0 },
          { x: 999, y: 0 },
          { x: 1, y: 1 },
          { x: 0, y: 1 },
        ],
      },
      'Expected a number between -100 and 200 for perspective.corners[1].x but received 999',
    ],
    ['clahe', 'Expected a preprocessing step { id, … } for steps[0] but received "clahe"'],
  ] as const) {
    it(`refuses ${JSON.stringify(step)}`, () => assert.throws(() => toSteps([step]), { message }));
  }

  it('names the operations to one that it does not know', () => {
    assert.throws(() => toSteps([{ id: 'gamma' }, { id: 'gama' }]), {
      message: `Expected one of ${OPERATION_IDS.join(', ')} for steps[1].id but received "gama"`,
    });
  });
});
