/** Addresses of streams and what of them may be shown. Passwords enter here and leave only towards the decoder. */

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

export interface Address {
  /** With credentials, percent-encoded: for the decoder alone. */
  readonly full: string;
  /** Without credentials and with secret-looking parameters masked: for people. */
  readonly shown: string;
  /** Texts that must never be shown. */
  readonly secrets: readonly string[];
}

const MASK = '***';
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
/** The last @ before the path ends the credentials, so that an unencoded "p@ss" works … */
const LOGIN = /^([^/?#]*)@/;
/** … and so does "user:p/w@", unless what follows the colon is a port. */
const LOGIN_WITH_SLASH = /^([^/?#@:]+:(?!\d+[/?#])[^@]*)@/;
/** Query parameters by which cameras take a password or token. */
const SECRET_PARAMETER =
  /([?&;](?:password|passwd|pwd|pass|psw|token|access_token|key|api_?key|auth|secret|sig|signature)=)([^&#;\s'"]*)/gi;

/** Credentials given apart win over those written into the address. */
export function parseAddress(url: string, given: Partial<Credentials> = {}): Address {
  const scheme = SCHEME.exec(url.trim())?.[0] ?? '';
  const afterScheme = url.trim().slice(scheme.length);
  const [login = '', written = ''] = LOGIN.exec(afterScheme) ?? LOGIN_WITH_SLASH.exec(afterScheme) ?? [];
  const rest = afterScheme.slice(login.length);
  const credentials = given.user || given.password ? given : splitCredentials(written);
  const { user = '', password = '' } = credentials;
  const encoded = encodePart(user) + (password ? `:${encodePart(password)}` : '');
  const parameters = [...rest.matchAll(SECRET_PARAMETER)].map((match) => match[2]!);
  return {
    full: scheme + (encoded ? `${encoded}@` : '') + rest,
    shown: maskParameters(scheme + rest),
    secrets: [password, ...parameters].filter((secret) => secret !== ''),
  };
}

export function maskParameters(text: string): string {
  return text.replace(SECRET_PARAMETER, `$1${MASK}`);
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
