import {
  COMPARATIVE,
  COPULA,
  ENOUGH,
  FREE,
  FROM_OR_TO,
  JOIN,
  LIGHT,
  MAYBE,
  MODAL,
  MOOD,
  NEGATOR,
  ONLY,
  PLAIN,
  REVERSED,
  SPENT,
  STOP,
  UTMOST,
  WITH_NEXT,
} from './flags.ts'
import { hashWord } from './hash.ts'
import type { Units } from './units.ts'

const flagsOf = new Map<number, number>()
function declare(flags: number, words: string): void {
  for (const word of words.trim().split(/\s+/)) {
    const hash = hashWord(word)
    flagsOf.set(hash, (flagsOf.get(hash) ?? 0) | flags)
  }
}

declare(
  NEGATOR,
  `no not never none nothing nowhere nobody neither nor without cannot hardly barely rarely seldom scarcely lack lacks
  lacked lacking zero ain't aint cant wont dont doesnt didnt isnt arent wasnt werent hasnt havent hadnt couldnt shouldnt
  wouldnt mustnt neednt nothin devoid minus`,
)
declare(UTMOST, "can't cannot cant couldn't couldnt never")
declare(MODAL, 'can could')
declare(WITH_NEXT, 'far fail fails failed failing free anything nowhere')
declare(FREE, 'free')
declare(FROM_OR_TO, 'from to of but near')
declare(ONLY, 'only just merely solely necessarily but')
declare(ENOUGH, 'enough')
declare(
  COMPARATIVE,
  `better worse more less happier easier faster nicer smoother simpler stronger prouder cuter sweeter kinder friendlier
  cleaner tastier funnier sadder angrier uglier softer quicker brighter sharper clearer finer warmer safer cheaper`,
)
declare(
  COPULA,
  `is are was were be been being am feel feels felt look looks looked seem seems seemed sound sounds taste tastes smells
  it's that's`,
)
declare(
  STOP,
  'but because although though however yet except unless while whereas since cause cuz if when until',
)
declare(JOIN, 'or and nor')
declare(
  LIGHT,
  `a an the any some this that these those it its it's he she they we you i me us them my your his her their our is are
  was were be been being am have has had having do does did will would can could should may might must to of in on at
  for with by from as so too very really that all at even ever quite just exactly particularly especially overly
  terribly remotely slightly single one bit much many such there here what anything something everything everyone
  anyone feel felt say said call called think thought believe find found seem seems seemed look looks looked sound
  sounds get gets got getting going gonna make makes made need want know about`,
)

const N = 0x6e
const T = 0x74
const APOSTROPHE = 0x27

/** The flags of an English word for negation, by its hash and code units. */
export function flagEnglish(hash: number, codes: Uint16Array, size: number): number {
  const flags = flagsOf.get(hash) ?? 0
  const isContraction =
    size > 3 && codes[size - 1] === T && codes[size - 2] === APOSTROPHE && codes[size - 3] === N
  return isContraction ? flags | NEGATOR : flags
}

/** The maximum of content words between a negator and the negated word. */
const REACH = 4
/** How many words a negator reverses if none has a known mood: one of them may have an unlisted one. */
const IDLE_REACH = 2
/** The maximum of words between "can't" and its "enough". */
const ENOUGH_REACH = 7

/**
 * Marks the scopes of English negators, which extend forward to the first word of mood and the words joined to it,
 * within the clause. Two negators before one word cancel out.
 */
export function scopeEnglish(units: Units): void {
  const { flags, states, count, by } = units
  for (let index = 0; index < count; index++) {
    const here = flags[index] as number
    if ((here & FREE) !== 0 && index > 0) reverseBefore(units, index)
    if ((here & (NEGATOR | WITH_NEXT)) === 0) continue
    const next = index + 1 < count ? (flags[index + 1] as number) : 0
    if ((here & NEGATOR) === 0 && (next & FROM_OR_TO) === 0) continue
    if ((here & NEGATOR) !== 0 && (next & ONLY) !== 0) {
      states[index] = SPENT
      continue
    }
    index = scopeFrom(units, index)
  }
  for (let index = 0; index < count; index++) if (states[index] !== REVERSED) by[index] = -1
}

/** Marks the scope of the negator at `start`, and returns the last unit in it. */
function scopeFrom(units: Units, start: number): number {
  const { flags, states, count, by } = units
  let odd = true
  let last = start
  let said = 0
  const utmost =
    ((flags[start] as number) & UTMOST) !== 0 || (start > 0 && ((flags[start - 1] as number) & MODAL) !== 0)
  if (utmost && strengthens(units, start)) {
    states[start] = SPENT
    return start
  }
  for (let at = start + 1; at < count; at++) {
    const here = flags[at] as number
    if ((here & STOP) !== 0) break
    if ((here & NEGATOR) !== 0) {
      // "can't say that I don't like it"
      odd = !odd
      states[at] = SPENT
      last = at
      said = 0
      continue
    }
    if ((here & MOOD) !== 0) {
      at = predicateAfter(units, at)
      at = markMoods(units, start, at, odd)
      for (let negator = start; negator <= last; negator++)
        if (negator === start || states[negator] === SPENT) states[negator] = SPENT
      return at
    }
    if ((here & LIGHT) === 0 && ++said > REACH) break
  }
  // No word has a known mood: the next words are treated as negated. If one of them may have a mood, the negator is
  // spent; otherwise it counts itself.
  said = 0
  let isSpent = false
  for (let at = last + 1; at < count && odd; at++) {
    const here = flags[at] as number
    if ((here & STOP) !== 0) break
    if ((here & LIGHT) !== 0) continue
    states[at] = REVERSED
    by[at] = start
    if ((here & MAYBE) !== 0) {
      isSpent = true
      break
    }
    if (++said === IDLE_REACH) break
  }
  if (isSpent) states[start] = SPENT
  return last
}

/** Marks a word of mood and those joined to it, and returns the last of them. */
function markMoods(units: Units, negator: number, first: number, odd: boolean): number {
  const { flags, states, count, by } = units
  let last = first
  for (let at = first; at < count && at <= last + 3; at++) {
    const here = flags[at] as number
    if ((here & (STOP | NEGATOR)) !== 0) break
    if ((here & MOOD) !== 0) {
      const joined = at === first || at === last + 1 || isJoined(flags, last, at)
      if (!joined) break
      if (odd) {
        states[at] = REVERSED
        by[at] = negator
      }
      last = at
    }
  }
  return last
}

/**
 * If a word with a mood is the predicate of another word with a mood, the predicate: "I don't think the support team
 * is bad".
 */
function predicateAfter({ flags, count }: Units, subject: number): number {
  let isSaid = false
  for (let at = subject + 1; at < count && at <= subject + 2 * REACH; at++) {
    const here = flags[at] as number
    if ((here & (STOP | NEGATOR | JOIN)) !== 0) break
    if ((here & COPULA) !== 0) isSaid = true
    else if (isSaid && (here & MOOD) !== 0) return at
  }
  return subject
}

function isJoined(flags: Int32Array, from: number, to: number): boolean {
  for (let at = from + 1; at < to; at++) if (((flags[at] as number) & JOIN) !== 0) return true
  return false
}

/** Whether "can't", "never" and similar are followed by a comparative or "enough": "couldn't be happier". */
function strengthens({ flags, count }: Units, start: number): boolean {
  const end = Math.min(count, start + 1 + ENOUGH_REACH)
  for (let at = start + 1; at < end; at++) {
    const here = flags[at] as number
    if ((here & STOP) !== 0) return false
    if ((here & (COMPARATIVE | ENOUGH)) !== 0) return true
  }
  return false
}

/** "hassle free", "bug-free". */
function reverseBefore({ flags, states, by }: Units, free: number): void {
  for (let at = free - 1; at >= Math.max(0, free - 2); at--) {
    if (((flags[at] as number) & MOOD) === 0) continue
    states[at] = states[at] === REVERSED ? PLAIN : REVERSED
    by[at] = free
    states[free] = SPENT
    return
  }
}
