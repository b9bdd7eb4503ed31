/** Takes secrets out of a text before anybody sees it, in every form in which a decoder may repeat them. */
import { encodePart, maskParameters } from './address';

const MASK = '***';
/** Credentials in any address, known or not: a redirect may bring new ones. */
const CREDENTIALS = /([a-z][a-z0-9+.-]*:\/\/)[^/?#\s'"]*@/gi;

/** @param secrets passwords and tokens in plain text */
export function redactor(secrets: readonly string[]): (text: string) => string {
  // The longest form first, so that no rest of one stays behind.
  const forms = [...new Set(secrets.flatMap(formsOf))].sort((a, b) => b.length - a.length);
  const pattern = forms.length > 0 ? new RegExp(forms.map(escape).join('|'), 'gi') : undefined;
  return (text) => {
    const masked = maskParameters(text.replace(CREDENTIALS, `$1${MASK}@`));
    return pattern ? masked.replace(pattern, MASK) : masked;
  };
}

/** Plain, percent-encoded (loosely and strictly, hexadecimal digits of either case), form-encoded, JSON, base64. */
function formsOf(secret: string): string[] {
  if (secret === '') return [];
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

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
