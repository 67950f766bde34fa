/** A language as the label `lang` has it: a code of ISO 639. */
export const LANGUAGE = /^[a-z]{2,3}$/

/** What is expected of a language, for errors. */
export const LANGUAGE_EXPECTED = 'expected a language such as "en"'
