import assert from 'node:assert/strict';
import { tellsName } from '../../../lib/gallery/former-name';

describe('tellsName', () => {
  for (const [text, name] of [
    ['people/Anna/1.jpg', 'Anna'],
    ['people/ANNA/1.jpg', 'Anna'],
    ['C:\\people\\anna_mueller\\1.jpg', 'Anna Müller'],
    ['people/Anna Mu\u0308ller/1.jpg', 'Anna Müller'],
    ['file:///people/Anna%20M%C3%BCller/1.jpg', 'Anna Müller'],
    ['mueller-2.png', 'Anna Müller'],
    ['muller.png', 'Anna Müller'],
    ['张伟/1.jpg', '张伟'],
    ['x/王小明-1.jpg', '王小明'],
    ['people/J.R./1.jpg', 'J.R.'],
    ['100%/Bob.jpg', 'Bob'],
    ['🙂.jpg', '🙂'],
  ] as const) {
    it(`finds ${name} in ${text}`, () => assert.equal(tellsName(text, name), true));
  }

  for (const [text, name] of [
    ['camera', 'Anna'],
    ['garden', 'J. de Vries'],
    ['', 'Anna'],
    ['people/张三/1.jpg', '张伟'],
  ] as const) {
    it(`does not find ${name} in ${JSON.stringify(text)}`, () => assert.equal(tellsName(text, name), false));
  }
});
