import assert from 'node:assert/strict';
import { fromDocument, toDocument } from '../../../lib/gallery/person-document';
import { direction, numbers, sampleOf } from './support';

describe('a person as a document', () => {
  const samples = [
    sampleOf(direction(numbers(41), 192), { thumbnail: Buffer.from([0xff, 0xd8, 0xff, 1]) }),
    sampleOf(direction(numbers(42), 512), { source: '门口', time: 0 }),
  ];
  const document = toDocument('Ada', samples);

  it('is JSON and comes back as it was', () => {
    assert.deepEqual(fromDocument(JSON.parse(JSON.stringify(document))), { person: 'Ada', samples });
  });

  it('may be the JSON text, and have thumbnails of three formats', () => {
    const pictures = [
      Buffer.from([0xff, 0xd8, 0xff, 0xe0]),
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0]),
      Buffer.from('RIFF\0\0\0\0WEBPVP8 '),
    ];
    const many = pictures.map((thumbnail) => ({ ...samples[1]!, thumbnail }));
    const text = JSON.stringify(toDocument('Ada', many));
    assert.deepEqual(fromDocument(text), { person: 'Ada', samples: many });
    assert.throws(() => fromDocument('[]', 'msg.payload'), {
      message:
        'Expected a document of format arcflow-person, version 1 for msg.payload but received an array of 0',
    });
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
        { ...document, samples: [] },
        /^Expected 1 to 50000 samples for document\.samples but .* an array of 0$/,
      ],
      [{ ...document, samples: Array.from({ length: 50_001 }) }, /an array of 50001$/],
      ['{', /^Expected the JSON of an exported person for document but received "\{"$/],
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
      [
        { ...document, samples: [{ ...first, embedding: '<svg onload="">' }] },
        /^Expected base64 for document\.samples\[0\]\.embedding/,
      ],
      ...['R0lGODlh', Buffer.from('<svg xmlns=""/>').toString('base64'), 'AAAA'].map(
        (thumbnail) =>
          [
            { ...document, samples: [second, { ...first, thumbnail }] },
            /^Expected base64 of a JPEG, PNG or WebP picture for document\.samples\[1\]\.thumbnail but/,
          ] as const,
      ),
      [
        {
          ...document,
          samples: [{ ...first, thumbnail: Buffer.alloc(256 * 1024 + 1, 0xff).toString('base64') }],
        },
        /^Expected a picture of 1 to 262144 bytes for document\.samples\[0\]\.thumbnail but .* 262145 bytes$/,
      ],
      [{ ...document, samples: [first, { ...second, source: null }] }, /document\.samples\[1\]\.source/],
      [
        { ...document, samples: [first, { ...second, source: 'x'.repeat(2_000_000) }] },
        /^Expected at most 4096 characters for document\.samples\[1\]\.source but received "x{60}…"$/,
      ],
      [{ ...document, samples: [{ ...first, time: '1' }] }, /document\.samples\[0\]\.time/],
    ] as const) {
      assert.throws(() => fromDocument(wrong), { code: 'INVALID_ARGUMENT', message });
    }
  });
});
