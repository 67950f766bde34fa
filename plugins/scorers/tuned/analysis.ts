import { flagEnglish, scopeEnglish } from './english.ts'
import { AFTER_GI, MAYBE, MOOD, NEGATOR, STOP } from './flags.ts'
import { cutKorean, flagKorean, mayBeCut, mayBeFlagged, scopeKorean } from './korean.ts'
import type { Lexicon, Moods } from './lexicon.ts'
import { CLAUSE_END, WORD } from './tokens.ts'
import type { Units } from './units.ts'

/** The rules of negation in a language. */
export interface Analysis {
  /** The flags of a unit for negation. */
  flags(hash: number, codes: Uint16Array, size: number, kind: number): number
  /** Where to split a word into the negated part and its negator, or 0. */
  cut(codes: Uint16Array, size: number, kind: number): number
  /** The valences of a unit with such flags, as in {@link Lexicon}. */
  valences(hash: number, codes: Uint16Array, size: number, kind: number, flags: number): number
  /** Sets the states of the units. */
  scope(units: Units): void
}

/** Longer Korean words are sentences without spaces: their endings are read, but they are not split. */
const LONGEST_CUT = 24

function stringOf(codes: Uint16Array, size: number): string {
  let word = ''
  for (let at = 0; at < size; at++) word += String.fromCharCode(codes[at] as number)
  return word
}

/** The analysis of a language; none for languages other than English and Korean. */
export function analysisOf(language: string, moods: Moods, lexicon: Lexicon): Analysis {
  if (language === 'en')
    return {
      flags(hash, codes, size, kind) {
        if (kind === CLAUSE_END) return STOP
        const flags = kind === WORD ? flagEnglish(hash, codes, size) : 0
        if ((flags & NEGATOR) !== 0) return flags
        if (moods.has(hash)) return flags | MOOD
        const isPlain = kind !== WORD || flags !== 0 || codes[0] === ZERO || moods.isPlain(hash)
        return isPlain ? flags : MAYBE
      },
      cut: () => 0,
      valences: hash => lexicon.valencesOf(hash),
      scope: scopeEnglish,
    }
  if (language === 'ko')
    return {
      flags(_, codes, size, kind) {
        if (kind === CLAUSE_END) return STOP
        if (kind !== WORD) return 0
        const flags = mayBeFlagged(codes, size) ? flagKorean(stringOf(codes, Math.min(size, LONGEST_CUT))) : 0
        return !isNegator(flags) && moods.hasBeginning(codes, 0, size) ? flags | MOOD : flags
      },
      cut(codes, size, kind) {
        if (kind !== WORD || size < 2 || size > LONGEST_CUT || !isHangul(codes[0] as number)) return 0
        if (!mayBeCut(codes, size)) return 0
        return cutKorean(stringOf(codes, size), part => {
          const partCodes = Uint16Array.from(part, unit => unit.charCodeAt(0))
          return moods.hasBeginning(partCodes, 0, part.length)
        })
      },
      valences: (hash, codes, size, kind, flags) =>
        kind === WORD && isHangul(codes[0] as number) && !isNegator(flags)
          ? lexicon.valencesOfBeginning(codes, size)
          : lexicon.valencesOf(hash),
      scope: scopeKorean,
    }
  return {
    flags: (_, __, ___, kind) => (kind === CLAUSE_END ? STOP : 0),
    cut: () => 0,
    valences: hash => lexicon.valencesOf(hash),
    scope() {},
  }
}

/** 힘들다 and 어렵다 negate only a verb in -기, and otherwise have a mood of their own. */
const isNegator = (flags: number) => (flags & NEGATOR) !== 0 && (flags & AFTER_GI) === 0
/** All digits are folded to 0. */
const ZERO = 0x30
const isHangul = (code: number) => code >= 0xac00 && code <= 0xd7a3
