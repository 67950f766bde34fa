export const thousands = (n: number): string => n.toLocaleString('en-US')

/** Two significant digits: measurements are not more precise. */
export const rounded = (n: number): number => Number(n.toPrecision(2))

/** A share as a percentage. */
export const percent = (share: number): string => `${rounded(share * 100)} %`

/** Posts for each second of processor time of all threads together. */
export const postsOfCore = ({ posts, processor }: { posts: number; processor: number }): string =>
  thousands(rounded(posts / processor))

/** The measurement of that name. @throws Error that names the file, if there is none */
export function rowOf<Row extends { what: string }>(file: string, rows: readonly Row[], what: string): Row {
  const row = rows.find(row => row.what === what)
  if (!row) throw new Error(`${file}: no row "${what}"`)
  return row
}
