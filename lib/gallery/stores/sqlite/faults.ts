/** What goes wrong with a store's files, and how it is told. */
import { ArcFlowError, messageOf } from '../../../core/errors';
import { isRecord } from '../../../core/validate';

/** What was read is not what was written: of a record, or of a whole file. */
export class Damage extends Error {
  override readonly name = 'Damage';
}

/** Primary result codes of SQLite: https://www.sqlite.org/rescode.html */
const BUSY = 5;
const CORRUPT = 11;
const FULL = 13;
const NOT_A_DATABASE = 26;
const PRIMARY = 0xff;
/** The log's index does not find room. */
const NO_ROOM_FOR_INDEX = 4874;

function extendedCode(error: unknown): number | undefined {
  const code = isRecord(error) ? error['errcode'] : undefined;
  return typeof code === 'number' ? code : undefined;
}

function resultCode(error: unknown): number | undefined {
  const code = extendedCode(error);
  return code === undefined ? undefined : code & PRIMARY;
}

export function isFull(error: unknown): boolean {
  return (
    resultCode(error) === FULL ||
    extendedCode(error) === NO_ROOM_FOR_INDEX ||
    (isRecord(error) && error['code'] === 'ENOSPC')
  );
}

export function isDamage(error: unknown): boolean {
  const code = resultCode(error);
  // A number beyond what JavaScript holds exactly was never written.
  const outOfRange = isRecord(error) && error['code'] === 'ERR_OUT_OF_RANGE';
  return error instanceof Damage || code === CORRUPT || code === NOT_A_DATABASE || outOfRange;
}

function reasonOf(error: unknown): string {
  const reason = messageOf(error);
  if (isFull(error)) return `the disk is full (${reason})`;
  if (resultCode(error) === BUSY) return `another process keeps it locked (${reason})`;
  return reason;
}

/** @param action what could not be done: opened, read, changed */
export function unavailable(action: string, location: string, error: unknown): ArcFlowError {
  if (error instanceof ArcFlowError) return error;
  if (isDamage(error))
    return new ArcFlowError(
      'STORE_UNAVAILABLE',
      `The gallery in ${location} is damaged: ${messageOf(error)}. It is left as it is; ` +
        'an export with msg.salvage set to true gives the people that can still be read',
      'gallery damaged',
      { cause: error },
    );
  return new ArcFlowError(
    'STORE_UNAVAILABLE',
    `The gallery in ${location} cannot be ${action}: ${reasonOf(error)}`,
    isFull(error) ? 'disk full' : 'no gallery',
    { cause: error },
  );
}
