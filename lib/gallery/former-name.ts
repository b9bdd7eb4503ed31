/**
 * Whether a text still tells a person's name, in whatever way file names write it: "people/Anna/1.jpg",
 * "anna_mueller-2.png", "Mu%CC%88ller".
 */

/** Letters and digits alone: without accents, case, spaces and signs. */
function folded(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('ø', 'o')
    .replaceAll('ł', 'l')
    .replace(/[^\p{L}\p{N}]/gu, '');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a % that escapes nothing
  }
}

/** Parts of a name that tell somebody by themselves; "de" or "J." does not. */
const LEAST_WORD = 3;
const IDEOGRAPH = /\p{Script=Han}|\p{Script=Hangul}|\p{Script=Hiragana}|\p{Script=Katakana}/u;

/** The name and its longer words, each also as German writes umlauts without them. */
function tracesOf(name: string): string[] {
  const words = name.split(/[^\p{L}\p{N}\p{M}]+/u).filter((word) => {
    const letters = Array.from(folded(word)).length;
    return letters >= LEAST_WORD || (letters > 1 && IDEOGRAPH.test(word));
  });
  const spelt = [name, ...words].flatMap((text) => {
    const composed = text.normalize('NFC').toLowerCase();
    return [composed, composed.replaceAll('ä', 'ae').replaceAll('ö', 'oe').replaceAll('ü', 'ue')];
  });
  return spelt.map(folded).filter((trace) => trace !== '');
}

export function tellsName(text: string, name: string): boolean {
  const texts = [folded(text), folded(decoded(text))];
  if (text.includes(name)) return true;
  return tracesOf(name).some((trace) => texts.some((folding) => folding.includes(trace)));
}
