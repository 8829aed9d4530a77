/** What is used of jstat, which comes without types. */
declare module 'jstat' {
  interface Distribution {
    cdf(x: number, freedom: number): number;
  }
  export const chisquare: Distribution;
  export const studentt: Distribution & { inv(p: number, freedom: number): number };
}
