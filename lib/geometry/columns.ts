/**
 * Things by the columns of the picture that they reach into. Two that overlap share one, so that each has to be compared
 * with a few others only where thousands are spread over a picture.
 */

/** What lies far from the picture is all in the outermost columns. */
const MOST_COLUMNS = 1024;

interface Entry<T> {
  readonly item: T;
  /** The first column that it reaches into. */
  readonly first: number;
}

export class Columns<T> {
  private readonly columns = new Map<number, Entry<T>[]>();
  private readonly width: number;

  /** @param width pixels of a column: best about as wide as the things are */
  constructor(width: number) {
    // The mean of no things, or of one without a place, is no number.
    this.width = width >= 1 ? width : 1;
  }

  add(item: T, left: number, right: number): void {
    const entry = { item, first: this.columnOf(left) };
    const last = this.columnOf(right);
    for (let column = entry.first; column <= last; column++) {
      const entries = this.columns.get(column);
      if (entries) entries.push(entry);
      else this.columns.set(column, [entry]);
    }
  }

  /** Whether the test holds for one of the things in the columns from left to right; it is asked about each once. */
  some(left: number, right: number, test: (item: T) => boolean): boolean {
    const start = this.columnOf(left);
    const last = this.columnOf(right);
    for (let column = start; column <= last; column++) {
      const found = this.columns
        .get(column)
        ?.some(({ item, first }) => (column === start || column === first) && test(item));
      if (found) return true;
    }
    return false;
  }

  private columnOf(x: number): number {
    return Math.min(MOST_COLUMNS, Math.max(-1, Math.floor(x / this.width)));
  }
}
