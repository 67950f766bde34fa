/** The command that measures this, for the documentation. */
export const HOW = 'npm run bench -- alerts'

/** In bold: the shipped variant. */
export const bold = (cells: readonly string[]): string[] =>
  cells.map(cell => (cell === '' ? cell : `**${cell}**`))
