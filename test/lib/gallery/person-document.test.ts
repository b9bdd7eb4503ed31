import assert from 'node:assert/strict';
import { fromDocument, toDocument } from '../../../lib/gallery/person-document';
import { direction, numbers, sampleOf } from './support';

describe('a person as a document', () => {
  const samples = [
    sampleOf(direction(numbers(41), 192), { thumbnail: Buffer.from([0xff, 0xd8, 0, 1]) }),
    sampleOf(direction(numbers(42), 512), { source: '门口', time: 0 }),
  ];
  const document = toDocument('Ada', samples);

  it('is JSON and comes back as it was', () => {
    assert.deepEqual(fromDocument(JSON.parse(JSON.stringify(document))), { person: 'Ada', samples });
  });

  it('is described by its fields', () => {
    assert.deepEqual(toDocument('Ben', [sampleOf(Float32Array.of(1, 0))]), {
      format: 'arcflow-person',
      version: 1,
      person: 'Ben',
      samples: [{ embedding: 'AACAPwAAAAA=', model: 'test-512', source: 'camera', time: 1_700_000_000_000 }],
    });
  });

  it('says which field is wrong', () => {
    const [first, second] = document.samples;
    for (const [wrong, message] of [
      [null, /^Expected a document of format arcflow-person, version 1 for document but received null$/],
      [{ ...document, version: 2 }, /document of format/],
      [{ ...document, person: ' ' }, /for document\.person but received " "$/],
      [{ ...document, samples: 'x' }, /^Expected an array for document\.samples/],
      [
        { ...document, samples: [first, 7] },
        /^Expected an object for document\.samples\[1\] but received 7$/,
      ],
      [
        { ...document, samples: [{ ...first, embedding: 'AAA=' }] },
        /float32 values for document\.samples\[0\]\.embedding/,
      ],
      [
        { ...document, samples: [{ ...first, embedding: 'AAAAAA==' }] },
        /length 1 for document\.samples\[0\]\.embedding/,
      ],
      [{ ...document, samples: [{ ...first, model: 1 }] }, /document\.samples\[0\]\.model/],
      [{ ...document, samples: [{ ...first, thumbnail: 1 }] }, /document\.samples\[0\]\.thumbnail/],
      [{ ...document, samples: [first, { ...second, source: null }] }, /document\.samples\[1\]\.source/],
      [{ ...document, samples: [{ ...first, time: '1' }] }, /document\.samples\[0\]\.time/],
    ] as const) {
      assert.throws(() => fromDocument(wrong), { code: 'INVALID_ARGUMENT', message });
    }
  });
});
