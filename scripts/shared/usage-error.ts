/** The command was called wrongly: it is told how, and the process ends with code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
