/**
 * The reason of an abort that nobody asks for. Without one every abort makes an error with its
 * stack, which came to a tenth of what attempts left to the garbage collector.
 */
export const OVER = 'over';
