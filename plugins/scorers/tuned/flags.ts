/** Flags of a word for the scope of negation, as bits of a number for each unit of a text. */

/** Has a mood: the target of a negator. */
export const MOOD = 1
/** A negator, of either language. */
export const NEGATOR = 2
/** Ignored between a negator and a word of mood: "a", "so", "very", "하나도", "것이". */
export const LIGHT = 4
/** Ends the clause, as punctuation does. */
export const STOP = 8

// English.
/** "or" and "and": the scope before includes what follows. */
export const JOIN = 16
/** "can't", "couldn't", "never": they strengthen with a comparative or "enough" after them. */
export const UTMOST = 32
export const COMPARATIVE = 64
export const ENOUGH = 128
/** "only" and "just": "not only" negates nothing. */
export const ONLY = 256
/** "free": "trouble-free" is negated by the second part. */
export const FREE = 512
/** Negates only together with the next word: "far from", "anything but", "fails to", "free of". */
export const WITH_NEXT = 1024
export const FROM_OR_TO = 2048
/** "could", "can": "could not be better". */
export const MODAL = 4096

/** May have a mood: not a common word without one. */
export const MAYBE = 1 << 23

/** "is", "looks": the predicate follows. */
export const COPULA = 1 << 24

// Korean.
/** 안, 못: negate what follows. */
export const BEFORE = 1 << 13
/** 않다, 못하다, 말다: negate the verb in -지 before. */
export const AFTER_JI = 1 << 14
/** 없다, 아니다: negate the noun before, and its attributes. */
export const AFTER_NOUN = 1 << 15
/** 힘들다, 어렵다: negate the verb in -기 before. */
export const AFTER_GI = 1 << 16
export const JI = 1 << 17
export const GI = 1 << 18
/** Light verbs such as 하다, 되다, 들다: the noun before has the mood. */
export const LIGHT_VERB = 1 << 19
/** Asks for agreement (-지 않나요, -지 않을까), and negates nothing. */
export const RHETORICAL = 1 << 20
/** "밖에", "뿐만": with 없다 or 아니다 after them they mean "only" and "not only". */
export const EXCEPT = 1 << 21
/** 더: "더 … 수 없다" is the highest degree. */
export const MORE = 1 << 22

/** The states of a unit. */
export const PLAIN = 0
/** In the scope of a negation: its weights are reversed. */
export const REVERSED = 1
/** A negator with a word of mood in its scope: it has no weight of its own. */
export const SPENT = 2
