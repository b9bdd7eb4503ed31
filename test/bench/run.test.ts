/** The whole bench on a tiny plan: that all of it runs and says what it promises. No timing is asserted. */
import assert from 'node:assert/strict';
import { parseOptions } from '../../bench/options';
import { report } from '../../bench/report';
import type { BenchResult } from '../../bench/result';
import { runBench } from '../../bench/run';

const STAGES = ['decode', 'pyramid', 'pnet', 'nms', 'crops', 'rnet', 'onet'];
const FOLLOWING = ['align', 'embed', 'match', 'annotate', 'jpeg'];

describe('bench', function () {
  this.timeout(600_000);
  let result: BenchResult;
  before(async () => {
    const options = parseOptions(['--quick', '--sizes', '160x90']);
    const plan = { runs: 1, photos: 1, galleries: [200], pipelineFrames: 1, enduranceFrames: 4 };
    result = await runBench({ ...options, plan }, () => undefined);
  });

  it('times every stage of each detector for each smallest face, beside the bare networks', () => {
    assert.deepEqual(
      result.detect.map(({ size, detector, minFace }) => `${size} ${detector} ${minFace}`),
      [20, 40, 80].flatMap((minFace) => [`160x90 mtcnn ${minFace}`, `160x90 ultraface ${minFace}`]),
    );
    const [first] = result.detect;
    assert.ok(first!.faces > 0, 'the photograph shows faces');
    assert.deepEqual(Object.keys(first!.stages), [...STAGES, ...FOLLOWING]);
    for (const { totalMs, networksMs, overhead, framesPerSecond, eventLoopDelayMs } of result.detect) {
      assert.ok(totalMs > 0 && networksMs > 0 && framesPerSecond > 0);
      assert.ok(Math.abs(overhead - totalMs / networksMs) < 0.01);
      assert.ok(eventLoopDelayMs.p99 >= eventLoopDelayMs.p50);
    }
  });

  it('times batches, plain PRelu, drawing and matching', () => {
    assert.deepEqual([...new Set(result.embed.map(({ batch }) => batch))], [1, 4, 8, 16]);
    const networks = result.networks.map(({ network }) => network);
    const all = [
      'mtcnn-pnet',
      'mtcnn-rnet',
      'mtcnn-onet',
      'arcface-mobilefacenet-512, 8 faces',
      'whole detection',
      'detection and 8 embeddings',
    ];
    assert.deepEqual(networks, [...all, ...all, ...all, ...all]);
    assert.deepEqual([...new Set(result.networks.map(({ minFace }) => minFace))], [20, 40]);
    assert.deepEqual([...new Set(result.networks.map(({ input }) => input))], ['photograph', 'noise']);
    assert.ok(result.networks.every(({ gain }) => gain > 0));
    assert.ok(result.annotate.every(({ faces, ms }) => faces === 10 && ms > 0));
    assert.deepEqual(
      result.match.map(({ samples }) => samples),
      [200],
    );
  });

  it('tells of the main thread, the memory and the machine', () => {
    const { eventLoopDelayMs, memoryMb, machine } = result;
    assert.ok(eventLoopDelayMs.p50 >= 0 && eventLoopDelayMs.p99 >= eventLoopDelayMs.p50);
    assert.equal(memoryMb.frames, 4);
    assert.deepEqual(result.memoryBySize, [{ size: '160x90', ...memoryMb }]);
    assert.ok(memoryMb.start > 0 && memoryMb.end === memoryMb.quarters[3]);
    assert.ok(machine.cores > 0 && machine.threads > 0);
  });

  it('is JSON, and tables for people', () => {
    assert.deepEqual(JSON.parse(JSON.stringify(result)), result);
    const text = report({
      ...result,
      peers: [
        {
          name: 'a peer',
          version: '1.0',
          timings: [
            {
              ...{ detector: 'boxes', size: '160x90', faces: 2, detectMs: 3, recogniseMs: null },
              right: { present: 3, found: 1, falseAlarms: 1 },
            },
          ],
        },
        { name: 'another', version: null, timings: [], missing: 'install it' },
      ],
    });
    for (const word of ['160x90', 'overhead', 'plain / shipped', 'samples', 'a peer 1.0', '1 of 3'])
      assert.ok(text.includes(word), `no ${word} in ${text}`);
    assert.ok(text.includes('another is missing: install it'));
  });
});
