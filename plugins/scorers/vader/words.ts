/** Traits of a word by its characters, as bits. The traits of the vocabulary are in lower bits. */
export const IN_CAPITALS = 32
/** It contains "n't". */
export const CONTRACTED_NOT = 64

/** Receives the words of a text in order. */
export interface WordHandler {
  /**
   * @param id the id of the word in the table, or UNKNOWN
   * @param traits IN_CAPITALS, CONTRACTED_NOT
   * @param start the index of its first unit in the text, including punctuation
   * @param end the index after its last unit. The words of an emoji have the position of the emoji.
   */
  word(id: number, traits: number, start: number, end: number): void
}

/** Counts of a text. */
export interface Marks {
  exclamationMarks: number
  questionMarks: number
}
