/** Takes secrets out of a text before anybody sees it, in every form in which a decoder may repeat them. */
import { encodePart, MASK, maskAddress } from './address';

/** Any address, known or not: a redirect may bring new ones. What ends a sentence does not belong to it. */
const ADDRESS = /[a-z][a-z0-9+.-]*:\/\/[^\s'"<>]*[^\s'"<>:;,.)]/gi;
/** A parameter outside an address, such as a path that is repeated alone. */
const PARAMETER =
  /((?:^|[?&;_,/\s])[\w-]*(?:pass\w*|pwd|psw|token|key|auth|secret|sig|signature)=)(?!\*)[^&#;\s'"]+/gi;

/** So short a secret stands in any text, where masks would tell it: only its place in an address is masked. */
const SHORT = 3;
/** A longer one is masked as a word of its own, so that "pass" is not found in "passed" … */
const WORD_UNTIL = 8;
const BEFORE_WORD = '(?<![\\p{L}\\p{N}])';
/** … but after a percent-encoded sign it begins. */
const AFTER_ENCODED = '(?<=%[0-9a-f]{2})';
const AFTER_WORD = '(?![\\p{L}\\p{N}])';

/** @param secrets passwords and tokens in plain text */
export function redactor(secrets: readonly string[]): (text: string) => string {
  // The longest form first, so that no rest of one stays behind.
  const forms = [...new Set(secrets.filter((secret) => secret.length >= SHORT).flatMap(formsOf))];
  const patterns = forms.sort((a, b) => b.length - a.length).map(patternOf);
  const pattern = patterns.length > 0 ? new RegExp(patterns.join('|'), 'giu') : undefined;
  return (text) => {
    // First what is known, which may hold signs that end an address.
    const masked = pattern ? text.replace(pattern, MASK) : text;
    return masked.replace(ADDRESS, maskAddress).replace(PARAMETER, `$1${MASK}`);
  };
}

/** Plain, percent-encoded (loosely and strictly, hexadecimal digits of either case), form-encoded, JSON, base64. */
function formsOf(secret: string): string[] {
  return [
    secret,
    encodeURI(secret),
    encodeURIComponent(secret),
    encodePart(secret),
    new URLSearchParams({ '': secret }).toString().slice(1),
    JSON.stringify(secret).slice(1, -1),
    secret.replaceAll("'", "'\\''"),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('base64url'),
  ];
}

function patternOf(form: string): string {
  const literal = form.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  if (form.length >= WORD_UNTIL) return literal;
  const before = /^[\p{L}\p{N}]/u.test(form) ? `(?:${BEFORE_WORD}|${AFTER_ENCODED})` : '';
  const after = /[\p{L}\p{N}]$/u.test(form) ? AFTER_WORD : '';
  return before + literal + after;
}
