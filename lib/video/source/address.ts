/**
 * Addresses of streams and what of them may be shown: scheme, host, port and path. Cameras take their passwords in
 * every other place, and some in the path; all of it enters here and leaves only towards the decoder.
 */

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

export interface Address {
  /** With credentials, percent-encoded: for the decoder alone. */
  readonly full: string;
  /** Without credentials, and with masks in place of values: for people. */
  readonly shown: string;
  /** Texts that must never be shown. */
  readonly secrets: readonly string[];
}

export const MASK = '***';
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;

/** Credentials given apart win over those written into the address. */
export function parseAddress(url: string, given: Partial<Credentials> = {}): Address {
  const { scheme, login, rest } = split(url.trim());
  const credentials = given.user || given.password ? given : splitCredentials(login ?? '');
  const { user = '', password = '' } = credentials;
  // Also for an empty password: FFmpeg logs in only where there is a colon.
  const encoded = user || password ? `${encodePart(user)}:${encodePart(password)}` : '';
  const secrets: string[] = [];
  const shown = scheme + maskRest(rest, (name, value) => secrets.push(...secretsOf(name, value)));
  return {
    full: scheme + (encoded ? `${encoded}@` : '') + rest,
    shown,
    secrets: [...new Set([password, ...secrets])].filter((secret) => secret !== ''),
  };
}

/** An address that stands in other text, such as one that a camera redirects to. */
export function maskAddress(url: string): string {
  const { scheme, login, rest } = split(url);
  return scheme + (login === undefined ? '' : `${MASK}@`) + maskRest(rest);
}

interface Parts {
  readonly scheme: string;
  /** What stands before the @; undefined without one. */
  readonly login: string | undefined;
  /** Host, port, path, query and fragment. */
  readonly rest: string;
}

function split(url: string): Parts {
  const scheme = SCHEME.exec(url)?.[0] ?? '';
  const afterScheme = url.slice(scheme.length);
  const end = loginEnd(afterScheme);
  return {
    scheme,
    login: end < 0 ? undefined : afterScheme.slice(0, end),
    rest: afterScheme.slice(end + 1),
  };
}

/**
 * Where the @ stands that ends the credentials; -1 without any. A password may hold @, /, ? and # as typed, so this is
 * the last @ that a host follows, unless what comes before it is a host already: "camera:8080/snap@2x".
 */
function loginEnd(text: string): number {
  const authority = /^[^/?#]*/.exec(text)![0];
  const near = authority.lastIndexOf('@');
  const host = near < 0 ? likeness(authority.replace(/:\d+$/, '')) : likeness(authority.slice(near + 1));
  const far = text.lastIndexOf('@');
  if (far <= near) return near;
  const after = text.slice(far + 1);
  const other = likeness(after);
  // An @ in a parameter, such as a mail address, ends nothing.
  const inQuery = /[?#].*=/.test(text.slice(authority.length, far));
  if (inQuery && (host > 0 || other < HOST.certain)) return near;
  if (host === HOST.none) return other > HOST.none ? far : near;
  if (near >= 0) return other >= host && (other > HOST.word || after.includes('/')) ? far : near;
  return authority.includes(':') && other > host ? far : near;
}

/** How much the beginning of a text looks like a host. */
const HOST = { none: 0, word: 1, domain: 2, certain: 3 } as const;
const HOSTS = [
  [HOST.certain, /^(?:\[[^\]]+\]|\d{1,3}(?:\.\d{1,3}){3}|localhost)(?::\d*)?(?=[/?#]|$)/i],
  [HOST.certain, /^[\p{L}\p{N}._-]+:\d+(?=[/?#]|$)/u],
  [HOST.domain, /^[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)+\.?(?=[/?#]|$)/u],
  [HOST.word, /^[\p{L}\p{N}_-]+(?=[/?#]|$)/u],
] as const;

function likeness(text: string): number {
  return HOSTS.find(([, pattern]) => pattern.test(text))?.[0] ?? HOST.none;
}

type Found = (name: string, value: string) => void;

function maskRest(rest: string, found: Found = () => undefined): string {
  const [, host = '', path = '', query, fragment] = /^([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(
    rest,
  )!;
  return [
    host,
    maskPath(path, found),
    query === undefined
      ? ''
      : `?${query
          .split('&')
          .map((pair) => maskPair(pair, found))
          .join('&')}`,
    fragment === undefined ? '' : `#${maskValue('', fragment, found)}`,
  ].join('');
}

/** Which picture of a device it is: with it, the channels of one recorder stay apart. Too short for a secret. */
const CHANNEL = /^(?:channel|chan|ch|chn|camera|cam|stream|substream|subtype)=\d{1,2}$/i;

/** A name and a value, or a value alone; what only ends in "=" may be a token in base64. */
function maskPair(pair: string, found: Found): string {
  if (CHANNEL.test(pair)) return pair;
  const [, name = '', sign = '', value = pair] = /^(.*?)(=|%3D)(.*[^=].*)$/is.exec(pair) ?? [];
  return name + sign + maskValue(name, value, found);
}

function maskValue(name: string, value: string, found: Found): string {
  if (value === '') return '';
  found(name, value);
  return MASK;
}

/** Where a further parameter begins in a path: the names that cameras use, since a value may hold any sign. */
const NEXT_PARAMETER = new RegExp(
  `(?=[_&;,/!](?:${[
    'user(?:name)?|usr|login\\w*|account|pass(?:word|wd|phrase)?|passwd|pwd|psw|pw',
    'token|access[_-]?(?:token|key)|api[_-]?key|key|auth|secret|sig(?:nature)?',
    'channel|chan|chn?|camera|cam|stream|substream|subtype',
  ].join('|')})(?:=|%3D))`,
  'i',
);
/** "=" and ":", also percent-encoded. */
const EQUALS = /=|%3D/i;
const COLON = /:|%3A/i;

/** A path with parameters is shown up to the first; of the others, the names. A segment "user:password" is masked. */
function maskPath(path: string, found: Found): string {
  const equals = EQUALS.exec(path)?.index ?? path.length;
  const begin = Math.max(...['/', '_', '&', ';', ','].map((sign) => path.lastIndexOf(sign, equals - 1) + 1));
  const plain = EQUALS.test(path) ? path.slice(0, begin) : path;
  const segments = plain.split('/').map((part) => (COLON.test(part) ? maskValue('', part, found) : part));
  return segments.join('/') + maskParameters(path.slice(plain.length), found);
}

function maskParameters(text: string, found: Found): string {
  const [first = '', ...others] = text.split(NEXT_PARAMETER);
  return (
    maskInPath(first, found) + others.map((other) => other[0]! + maskInPath(other.slice(1), found)).join('')
  );
}

/** Some devices want the ending of a file behind the last parameter: "stream=0.sdp". */
function maskInPath(pair: string, found: Found): string {
  const [ending = ''] = /\.\w{2,4}$/.exec(pair) ?? [];
  const bare = pair.slice(0, pair.length - ending.length);
  return CHANNEL.test(bare) ? pair : maskPair(pair, found);
}

/** Names of values that are secrets however short; "p", "passphrase", "loginpas", "access-key" … */
const SECRET_NAME = /pass|pas$|pwd|psw|^pw?$|token|key|auth|secret|sig|phrase|cred|^code$|session|sid$/i;
/** Values of other names are taken for a secret from so many characters on. */
const LONG = 8;

/** A value as it stands and as it was meant. What is neither secret nor long, such as "tcp", is masked in its place only. */
function secretsOf(name: string, value: string): string[] {
  const isSecret = name === '' || SECRET_NAME.test(name) || value.length >= LONG;
  if (!isSecret) return [];
  const plain = decodePart(value);
  const [, afterUser] = /:(.+)$/s.exec(plain) ?? [];
  return [value, plain, ...(afterUser === undefined ? [] : [afterUser])];
}

function splitCredentials(written: string): Credentials {
  const colon = written.indexOf(':');
  const [user, password] = colon < 0 ? [written, ''] : [written.slice(0, colon), written.slice(colon + 1)];
  return { user: decodePart(user), password: decodePart(password) };
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A stray % that was never an encoding.
  }
}

/** Stricter than encodeURIComponent, which leaves !'()* as they are. */
export function encodePart(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
