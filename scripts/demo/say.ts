/** What the demo tells: results on standard output, everything else beside them. */
import { messageOf } from '../../lib/core/errors';
import { isRecord } from '../../lib/core/validate';

type Message = Readonly<Record<string, unknown>>;

export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

export function fail(error: unknown): void {
  say(messageOf(error));
  process.exit(1);
}

/** The reason in a message from a Catch node. */
export function reasonOf({ error }: Message): string {
  return isRecord(error) ? String(error['message']) : 'an error';
}

/** The reason in a message from a Catch node, with the file that it was about. */
export function errorOf(message: Message): string {
  const { filename } = message;
  return typeof filename === 'string' ? `${filename}: ${reasonOf(message)}` : reasonOf(message);
}

/** The type of the node that failed. */
export function sourceTypeOf({ error }: Message): unknown {
  return isRecord(error) && isRecord(error['source']) ? error['source']['type'] : undefined;
}

/** The person, and a text with the number of samples, in a message from a gallery that enrols. */
export function enrolmentOf({ payload }: Message): { readonly person: string; readonly text: string } {
  const { person, samples } = isRecord(payload) ? payload : {};
  return { person: String(person), text: `${String(person)} (${String(samples)})` };
}
