/**
 * The reason of an abort that nobody asks for. Without one every abort makes an error with its
 * stack: 700 bytes, which is a tenth of what an attempt takes.
 */
export const OVER = 'over';
