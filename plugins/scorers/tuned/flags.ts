/** What a word is to the scope of a negation: bits of one number for each unit of a text. */

/** Has a mood: what a negator is looking for. */
export const MOOD = 1
/** A negator, of either language. */
export const NEGATOR = 2
/** Counts for nothing between a negator and a word of mood: "a", "so", "very", "하나도", "것이". */
export const LIGHT = 4
/** Ends the clause, as punctuation does. */
export const STOP = 8

// English.
/** "or" and "and": what follows is in the scope of what is before. */
export const JOIN = 16
/** "can't", "couldn't", "never": with a comparative or "enough" after them they strengthen. */
export const UTMOST = 32
export const COMPARATIVE = 64
export const ENOUGH = 128
/** "only" and "just": "not only" negates nothing. */
export const ONLY = 256
/** "free": "trouble-free" is negated by what follows. */
export const FREE = 512
/** Negates with the word after it alone: "far from", "anything but", "fails to", "free of". */
export const WITH_NEXT = 1024
export const FROM_OR_TO = 2048
/** "could", "can": "could not be better". */
export const MODAL = 4096

/** May have a mood: no common word that has none. */
export const MAYBE = 1 << 23

/** "is", "looks": what is said of a thing comes after it. */
export const COPULA = 1 << 24

// Korean.
/** 안, 못: what follows. */
export const BEFORE = 1 << 13
/** 않다, 못하다, 말다: the verb in -지 before. */
export const AFTER_JI = 1 << 14
/** 없다, 아니다: the noun before, and what describes it. */
export const AFTER_NOUN = 1 << 15
/** 힘들다, 어렵다: the verb in -기 before. */
export const AFTER_GI = 1 << 16
export const JI = 1 << 17
export const GI = 1 << 18
/** 하다, 되다, 들다 and others that say little alone: the noun before has the mood. */
export const LIGHT_VERB = 1 << 19
/** Asks for agreement (-지 않나요, -지 않을까): negates nothing. */
export const RHETORICAL = 1 << 20
/** "밖에", "뿐만": with 없다 or 아니다 after them "only" and "not only". */
export const EXCEPT = 1 << 21
/** 더: with "수 없다" it cannot be more so. */
export const MORE = 1 << 22

/** What a unit counts as. */
export const PLAIN = 0
/** In the scope of a negation: what it says counts the other way round. */
export const REVERSED = 1
/** A negator with a word of mood in its scope: it has done its work, and says no more itself. */
export const SPENT = 2
