/** How much of a picture is read at most. Known before a file is opened, so nothing here needs a decoder. */

/** Bytes of an encoded picture: more than any photograph that a camera writes, less than what would hurt a gateway. */
export const LARGEST_FILE_BYTES = 100 * 1024 * 1024;

/** Pixels that are decoded as they are, 8192 × 6144: what phones take at most in one piece. Larger pictures are scaled down to it. */
export const FULL_PIXELS = 50_331_648;
