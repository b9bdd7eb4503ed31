import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { decodeImage } from '../../../lib/image/decode';
import { formatOf } from '../../../lib/image/format';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
/** The first box of an ISO media file. */
const ftyp = (major: string, ...compatible: string[]): Buffer => {
  const box = bytes(`\0\0\0\0ftyp${major}\0\0\0\0${compatible.join('')}`);
  box.writeUInt32BE(box.length);
  return Buffer.concat([box, Buffer.alloc(64)]);
};
const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="4000"><filter id="f">' +
  '<feTurbulence baseFrequency="0.9" numOctaves="10"/></filter>' +
  '<rect width="4000" height="4000" filter="url(#f)"/></svg>';

describe('image: format by signature', () => {
  it('knows what is read', () => {
    assert.equal(formatOf(bytes('\xff\xd8\xff\xe0')), 'JPEG');
    assert.equal(formatOf(bytes('\x89PNG\r\n\x1a\n')), 'PNG');
    assert.equal(formatOf(bytes('RIFF\x10\0\0\0WEBPVP8 ')), 'WebP');
    for (const start of ['II*\0', 'MM\0*', 'II+\0', 'MM\0+']) assert.equal(formatOf(bytes(start)), 'TIFF');
    for (const start of ['GIF87a', 'GIF89a']) assert.equal(formatOf(bytes(start)), 'GIF');
    assert.equal(formatOf(ftyp('avif')), 'AVIF');
    assert.equal(formatOf(ftyp('mif1', 'miaf', 'avif')), 'AVIF');
  });

  const refused: Record<string, [file: Uint8Array, message: RegExp]> = {
    SVG: [bytes(SVG), /it is an SVG drawing; JPEG, PNG, WebP, AVIF, TIFF, GIF are read$/],
    'SVG behind a declaration, a comment and a byte order mark': [
      bytes(`\xef\xbb\xbf\n<?xml version="1.0"?><!-- a -->\n${SVG}`),
      /an SVG drawing/,
    ],
    'SVG, packed': [gzipSync(SVG), /a gzip archive/],
    'an XML document': [bytes('<?xml version="1.0"?><a/>'), /an XML document/],
    'a login page': [bytes('<!DOCTYPE html><html><body>Log in</body></html>'), /an HTML page/],
    'a text': [bytes('no image at all, only words'), /it is text;/],
    'a text that begins like a bitmap': [bytes('BMP files are large'), /it is text;/],
    'a PDF': [bytes('%PDF-1.7\n'), /a PDF document/],
    'JPEG XL': [bytes('\xff\x0a\0\0'), /a JPEG XL picture/],
    'JPEG XL in a container': [bytes('\0\0\0\x0cJXL \r\n\x87\n'), /a JPEG XL picture/],
    'JPEG 2000': [bytes('\0\0\0\x0cjP  \r\n\x87\n'), /a JPEG 2000 picture/],
    'a bitmap': [bytes('BM\x36\x10\0\0\0\0\0\0\x36\0\0\0'), /a Windows bitmap/],
    PPM: [bytes('P6\n4 4\n255\n'), /a PNM picture/],
    FITS: [bytes('SIMPLE  =                    T'), /a FITS picture/],
    'a video': [ftyp('isom', 'mp42'), /an MP4 video/],
    'an AVI video': [bytes('RIFF\x10\0\0\0AVI LIST'), /an AVI video/],
    'nothing known': [Buffer.from([1, 2, 3, 250, 5]), /it begins with the bytes 01 02 03 fa/],
    nothing: [Buffer.alloc(0), /it is empty/],
    zeros: [Buffer.alloc(100), /it begins with the bytes 00 00 00 00/],
  };
  for (const [name, [file, message]] of Object.entries(refused)) {
    it(`refuses ${name} and says what it is`, async () => {
      await assert.rejects(decodeImage(file), { code: 'IMAGE_UNREADABLE', message });
    });
  }

  it('says what to do with a photo in HEIC', async () => {
    for (const file of [ftyp('heic', 'mif1'), ftyp('mif1', 'heic'), ftyp('msf1', 'hevc')]) {
      await assert.rejects(decodeImage(file), {
        code: 'IMAGE_UNREADABLE',
        status: 'HEIC: send JPEG',
        message: /convert it to JPEG, or set the phone’s camera to “Most Compatible”$/,
      });
    }
  });

  it('lets nothing through to another decoder that only begins like a picture', async () => {
    const beginnings = [
      'GIF89a',
      'RIFF\x10\0\0\0WEBP',
      'II*\0\x08\0\0\0',
      '\xff\xd8\xff',
      '\x89PNG\r\n\x1a\n',
    ];
    const files = [
      ...beginnings.map((start) => bytes(start + SVG)),
      Buffer.concat([ftyp('avif'), bytes(SVG)]),
    ];
    for (const file of files) await assert.rejects(decodeImage(file), { code: 'IMAGE_UNREADABLE' });
  });
});
