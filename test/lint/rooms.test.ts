/** The linter knows the rooms of lib/ and which way their arrows point. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import ROOMS from '../../lib/rooms.json';
import { PROJECT } from '../support/images';

type Rooms = Readonly<Record<string, readonly string[]>>;

const RULE = 'no-restricted-imports';
const LIB = join(PROJECT, 'lib');

function aFileOf(room: string): string {
  const file = readdirSync(join(LIB, room), { recursive: true, encoding: 'utf8' }).find((name) =>
    name.endsWith('.ts'),
  );
  assert.ok(file, `lib/${room} is empty`);
  return join(LIB, room, file);
}

describe('rooms of lib/', function () {
  this.timeout(120_000);
  const rooms: Rooms = ROOMS;
  let eslint: ESLint;

  before(() => {
    eslint = new ESLint({
      cwd: PROJECT,
      overrideConfig: { languageOptions: { parserOptions: { projectService: false } } },
      ruleFilter: ({ ruleId }) => ruleId === RULE,
    });
  });

  it('are all known to the linter', () => {
    const folders = readdirSync(LIB, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    assert.deepEqual(folders.map(({ name }) => name).sort(), Object.keys(rooms).sort());
  });

  it('know one another in one direction only', () => {
    for (const [room, known] of Object.entries(rooms))
      for (const other of known)
        assert.ok(!rooms[other]!.includes(room), `${room} and ${other} know each other`);
  });

  it('are kept apart: an arrow the other way fails', async () => {
    for (const [room, known] of Object.entries(rooms)) {
      const file = aFileOf(room);
      const up = '../'.repeat(file.slice(join(LIB, room).length + 1).split('/').length);
      const others = Object.keys(rooms).filter((other) => other !== room);
      const text = others.map((other) => `import '${up}${other}/some-file';`).join('\n');
      const [result] = await eslint.lintText(text, { filePath: file });
      const refused = result!.messages
        .filter(({ ruleId }) => ruleId === RULE)
        .map(({ line }) => others[line - 1]);
      assert.deepEqual(
        refused,
        others.filter((other) => !known.includes(other)),
        `in lib/${room}`,
      );
    }
  });

  it('do not know Node-RED, nor native modules that live elsewhere', async () => {
    const text = "import 'node-red';\nimport 'sharp';\nimport 'onnxruntime-node';";
    const [result] = await eslint.lintText(text, { filePath: aFileOf('core') });
    assert.equal(result!.messages.length, 3);
  });
});
