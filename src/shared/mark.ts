/** The mark, in a field of 32 by 32: a keep with three claw marks for its gate. Paths of SVG: the keep filled, the marks drawn over it. */
export const mark = {
  keep: 'M5 4.5h4.6v3.6h4.1V4.5h4.6v3.6h4.1V4.5H27v9.2c0 7-4.2 11.7-11 14.3C9.2 25.4 5 20.7 5 13.7Z',
  claws: 'M11.4 13.5c.1 3 .9 5.4 2.2 7.4M15.9 12.5c.1 3.7.7 6.7 1.8 9.2M20.4 13.5c.1 2.3.4 4.1 1.1 5.8',
} as const
