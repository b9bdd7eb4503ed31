import assert from 'node:assert/strict';
import { redactor } from '../../../../lib/video/source/redact';

describe('redactor', () => {
  const secret = "p@ss w/rd'1&é+";
  const redact = redactor([secret]);
  const forms: Record<string, string> = {
    plain: secret,
    'percent-encoded': encodeURIComponent(secret),
    'percent-encoded in lower case': encodeURIComponent(secret).toLowerCase(),
    'percent-encoded as an address': encodeURI(secret),
    'form-encoded': new URLSearchParams({ p: secret }).toString().slice(2),
    base64: Buffer.from(secret).toString('base64'),
    'in a quoted list': secret.replaceAll("'", "'\\''"),
    JSON: JSON.stringify(secret),
  };
  for (const [name, form] of Object.entries(forms)) {
    it(`masks a secret that is ${name}`, () => {
      const text = redact(`Impossible to open ${form}: refused`);
      assert.match(text, /^Impossible to open "?\*\*\*"?: refused$/);
    });
  }

  it('masks credentials in any address, known or not', () => {
    assert.equal(
      redactor([])("redirect to 'rtsp://u:other@host/x' and http://token@b/y"),
      "redirect to 'rtsp://***@host/x' and http://***@b/y",
    );
  });

  it('masks secret parameters of any address', () => {
    assert.equal(redactor([])('GET http://c/a?password=abc&x=1'), 'GET http://c/a?password=***&x=***');
    assert.equal(
      redactor([])('http://c/user=u_password=abc: refused, /live?token=abc again'),
      'http://c/user=***_password=***: refused, /live?token=*** again',
    );
  });

  it('leaves text alone that a short secret happens to stand in', () => {
    const text = 'Input/output error of a passed stream';
    for (const word of ['p', 'In', 'pass', 'stre']) assert.equal(redactor([word])(text), text);
    assert.equal(redactor(['pass'])('login u%3Apass or pass'), 'login u%3A*** or ***');
    assert.equal(redactor(['a'])('rtsp://u:a@c/a: a fault'), 'rtsp://***@c/a: a fault');
  });

  it('leaves other text alone', () => {
    assert.equal(
      redact('rtsp://camera/stream: Connection refused'),
      'rtsp://camera/stream: Connection refused',
    );
  });

  it('masks a secret whole that ends an address', () => {
    assert.equal(redactor(['a b'])('http://c/?p=a b: refused'), 'http://c/?p=***: refused');
    assert.equal(redactor(["it's"])("http://c/?p=it's: refused"), 'http://c/?p=***: refused');
  });

  it('takes a secret literally', () => {
    assert.equal(redactor(['a.c*'])('abc a.c* accc'), 'abc *** accc');
  });

  it('masks the longer of two secrets whole', () => {
    assert.equal(redactor(['abc', 'abcdef'])('x abcdef y'), 'x *** y');
  });
});
