/** What is seen of a word itself; several may hold at once. The vocabulary's traits lie below these. */
export const IN_CAPITALS = 32
/** It has "n't" in it. */
export const CONTRACTED_NOT = 64

/** Takes the words of a text, in order. */
export interface WordHandler {
  /**
   * @param id the word's number in the table, or UNKNOWN
   * @param traits IN_CAPITALS, CONTRACTED_NOT
   * @param start the index of its first unit in the text, punctuation included
   * @param end the index after its last unit. The words of an emoji are at its place.
   */
  word(id: number, traits: number, start: number, end: number): void
}

/** Counts of a text. */
export interface Marks {
  exclamationMarks: number
  questionMarks: number
}
