import {
  AFTER_GI,
  AFTER_JI,
  AFTER_NOUN,
  BEFORE,
  EXCEPT,
  GI,
  JI,
  LIGHT,
  LIGHT_VERB,
  MOOD,
  MORE,
  NEGATOR,
  PLAIN,
  REVERSED,
  RHETORICAL,
  SPENT,
  STOP,
} from './flags.ts'
import type { Units } from './units.ts'

/** Adverbs and light nouns: "흠잡을 데가 없다", "하나도 안 좋다". */
const LIGHT_WORD =
  /^(?:하나도|하나|전혀|절대|절대로|딱히|별로|별|그다지|그리|그렇게|거의|1도|0도|아예|도무지|도저히|결코|굳이|아무|아무런|아무것도|하등|조금도|조금|좀|진짜|정말|너무|많이|크게|되게|엄청|특별히|한번도|한|번도|전|사실|결국|이제|아직|역시|솔직히|썩|그닥|영|통|일절|일체|더는|(?:것|거|데|점|일|수|틈|곳|이유|필요|여지|구석|부분|정도|만큼|적|줄|새|겨를|편|느낌|생각|법|리|것들|경우|맛|순간|시간)(?:이|가|은|는|도|을|를|조차|라고는|라곤|이라고는|이라곤|까지|까지는|만)?|건|게|거|걸|게요|줄은|순|데는|데가|데도)$/

/** The length of the longest of them. */
const LONGEST_LIGHT = 6

/** Light verbs: "추천 안 해요", "마음에 들지 않는다". */
const LIGHT_VERB_WORD =
  /^(?:하|해|했|할|한|함|합|되|돼|됐|된|될|됨|됩|들지|들어|들었|든다|듭|드네|드는|듦|나지|나요|나네|난다|납|났|가지|가요|가네|간다|갔|갑|와요|왔|오지|온다|생기|생겨|생길|주지|보지|느껴|느끼|드는|드네|드|들)/

const RHETORICAL_END = /^않(?:나|니|냐|을까|을지|은가|습니까|았나|았니|았냐|겠나|겠니|음\?|아요\?|소\?)/

const NOUN_BEFORE = /^없/
const IS_NOT = /^(?:아니|아닌|아님|아닐|아닙|아녜|아녀|아냐|아닐|아녔|아니었)/
const NOT_JI = /^(?:않|못|마[세라시요]|마$|말(?:고|아|자|길|았|라|것|면|아야|지|기|$))/
const HARD = /^(?:힘들|힘드|힘듦|힘든|어렵|어려)/
const STANDING_BEFORE = /^(?:안|못|않)$/
/** "그러지 못했다", "좋지", "좋지는", "좋진", "좋질". */
const ENDS_JI = /(?:지|지는|지도|지를|지가|진|질|지만은)$/
const ENDS_GI = /(?:기|기가|기는|기도|기엔|기에는|긴)$/

/** A verb in -지 written together with its negator; "잖" asks for agreement and is not one. */
const JOINED_JI =
  /(?<=.(?:지|지는|지도|지를|진|질))(?:않|안[아았음습하]|못[하해했한할함합]|말[고아자길]|마[세라시요]|마$)/
const JOINED_NOUN = /(?<=.)없/
const JOINED_IS_NOT = /(?<=..)(?:아니[다에예었고지네야라였]|아닌|아님|아닙)/
const JOINED_CAN = /(?<=.)(?:못[하해했한할함합]|안[해함했하]|안[돼됨되됩된될]|안[들듦드])/
/** 안 or 못 written together with the light verb that they negate. */
const PREFIX = /^(?:안|못|않)(?=(?:되|돼|된|됨|됐|될|됩|하|해|했|합|할|함|들어|들었|든다|듭|드네))/
const STARTS_PREFIX = /^[안못않]./
const NO_PREFIX = /^안(?:녕|하무인|되겠)/

const SYLLABLES = 0x2c00
const FIRST_SYLLABLE = 0xac00
const tableOf = (syllables: string) => {
  const table = new Uint8Array(SYLLABLES)
  for (const syllable of syllables) table[syllable.charCodeAt(0) - FIRST_SYLLABLE] = 1
  return table
}
const has = (table: Uint8Array, code: number) => table[code - FIRST_SYLLABLE] === 1

/** Syllables that every word to split contains. Tested before any expression, since most words have none. */
const OF_NEGATORS = tableOf('없않안못아말마')
/** The first and last syllables of the words that the expressions above match. */
const BEGINNINGS = tableOf(
  '안못않말마없아힘어하전절딱별그거굳도결조좀진정너많크되엄특한번사이결솔썩영통일더것데점수틈곳필여구부편느생법리맛순시줄적만정새겨경건게걸순돼됐된될됨됩했할함합해들든듭드듦나네난납났가간갔갑와왔오온생주보',
)
const ENDINGS = tableOf('지는도를가진질은기엔긴에뿐만')

/** A quick test whether a word may have to be split. */
export function mayBeCut(codes: Uint16Array, size: number): boolean {
  for (let at = 0; at < size; at++) if (has(OF_NEGATORS, codes[at] as number)) return true
  return false
}

/** A quick test whether a word may have flags. */
export const mayBeFlagged = (codes: Uint16Array, size: number): boolean =>
  has(BEGINNINGS, codes[0] as number) || has(ENDINGS, codes[size - 1] as number)

/** Where to split a word into the negated part and its negator, or 0. */
export function cutKorean(word: string, isMood: (part: string) => boolean): number {
  const ji = word.search(JOINED_JI)
  if (ji > 0) return ji
  const none = word.search(JOINED_NOUN)
  if (none > 0) return none
  if (STARTS_PREFIX.test(word) && !NO_PREFIX.test(word)) {
    if (PREFIX.test(word) || (!isMood(word) && isMood(word.slice(1)))) return 1
  }
  const can = word.search(JOINED_CAN)
  if (can > 1 || (can === 1 && isMood(word.slice(0, 1)))) return can
  const isNot = word.search(JOINED_IS_NOT)
  return isNot > 1 && !/뿐만?$/.test(word.slice(0, isNot)) ? isNot : 0
}

/** The flags of a Korean word for negation. */
export function flagKorean(word: string): number {
  let flags = 0
  if (STANDING_BEFORE.test(word)) flags |= NEGATOR | BEFORE
  else if (NOT_JI.test(word)) flags |= NEGATOR | AFTER_JI
  if (NOUN_BEFORE.test(word) || IS_NOT.test(word)) flags |= NEGATOR | AFTER_NOUN
  if (/^(?:안|못)[하해했한할함합돼됨되됩된될들듦드]/.test(word)) flags |= NEGATOR | AFTER_JI
  if (HARD.test(word)) flags |= NEGATOR | AFTER_GI
  if (RHETORICAL_END.test(word)) flags |= RHETORICAL
  if (word.length <= LONGEST_LIGHT && LIGHT_WORD.test(word)) flags |= LIGHT
  if (LIGHT_VERB_WORD.test(word)) flags |= LIGHT_VERB
  if (word.length > 1 && ENDS_JI.test(word)) flags |= JI
  if (word.length > 1 && ENDS_GI.test(word)) flags |= GI
  if (/(?:밖에|뿐|뿐만)$/.test(word)) flags |= EXCEPT
  if (word === '더' || word === '더할') flags |= MORE
  return flags
}

/** Marks the scopes of Korean negators: 안 and 못 extend forward by a word, the others back. */
export function scopeKorean(units: Units): void {
  const { flags, count, states } = units
  for (let index = 0; index < count; index++) {
    const here = flags[index] as number
    if ((here & NEGATOR) === 0) continue
    if ((here & RHETORICAL) !== 0) {
      states[index] = SPENT
      continue
    }
    const before = index > 0 ? (flags[index - 1] as number) : STOP
    if ((here & BEFORE) !== 0 && (before & JI) === 0) scopeForward(units, index)
    else if ((here & (AFTER_JI | BEFORE)) !== 0) scopeVerb(units, index)
    else if ((here & AFTER_NOUN) !== 0) scopeNoun(units, index)
    else if ((before & GI) !== 0) scopeVerb(units, index)
  }
}

/** 안 좋다; 추천 안 한다. */
function scopeForward(units: Units, negator: number): void {
  const { flags, count } = units
  let at = negator + 1
  if (at < count && ((flags[at] as number) & (LIGHT | LIGHT_VERB)) === LIGHT && at + 1 < count) at++
  if (at >= count || ((flags[at] as number) & STOP) !== 0) return
  const here = flags[at] as number
  const isLight = (here & LIGHT_VERB) !== 0 && (here & MOOD) === 0
  const found = reverse(units, at, negator)
  // "안 돼요" has a mood itself, unless it is the end of "이해가 안 돼요".
  if (!isLight || found || reverseNoun(units, negator - 1, negator)) units.states[negator] = SPENT
}

/** 좋지 않다; 추천하지 않는다; 마음에 들지 않는다; 추천하기 어렵다. */
function scopeVerb(units: Units, negator: number): void {
  if (negator === 0 || ((units.flags[negator - 1] as number) & STOP) !== 0) return
  const before = units.flags[negator - 1] as number
  const found = reverse(units, negator - 1, negator)
  const isLight = (before & (LIGHT_VERB | LIGHT)) !== 0 && !found
  if (!isLight || reverseNoun(units, negator - 2, negator)) units.states[negator] = SPENT
}

/** The first content word before, with at most two light ones between. */
function reverseNoun(units: Units, from: number, negator: number): boolean {
  for (let at = from; at >= 0 && at >= from - 2; at--) {
    const here = units.flags[at] as number
    if ((here & (STOP | NEGATOR)) !== 0) return false
    if ((here & LIGHT) !== 0 && (here & MOOD) === 0) continue
    return reverse(units, at, negator)
  }
  return false
}

/** How many content words before 없다 and 아니다 are examined. */
const NOUN_REACH = 3

/** 문제 없다; 흠잡을 데 없다; 나쁜 점이 없다; 좋은 선택은 아니다. */
function scopeNoun(units: Units, negator: number): void {
  const { flags, states } = units
  let said = 0
  let mood = -1
  let last = -1
  for (let at = negator - 1; at >= 0 && at >= negator - 6; at--) {
    const here = flags[at] as number
    if ((here & STOP) !== 0) break
    if (at === negator - 1 && (here & EXCEPT) !== 0) {
      states[negator] = SPENT
      return
    }
    if ((here & EXCEPT) !== 0) break
    if ((here & MOOD) !== 0) {
      mood = at
      break
    }
    if ((here & NEGATOR) !== 0) break
    if ((here & LIGHT) !== 0) continue
    if (last < 0) last = at
    if (++said >= NOUN_REACH) break
  }
  if (mood < 0) {
    if (last >= 0) {
      reverse(units, last, negator)
      states[negator] = SPENT
    }
    return
  }
  // "이보다 더 좋을 수 없다"
  const isUtmost = mood > 0 && ((flags[mood - 1] as number) & MORE) !== 0
  if (!isUtmost) for (let at = mood; at < negator; at++) reverse(units, at, negator)
  states[negator] = SPENT
}

/** Reverses a unit, also if it was reversed before, and returns whether it has a mood. */
function reverse({ flags, states, by }: Units, at: number, negator: number): boolean {
  if (((flags[at] as number) & NEGATOR) !== 0 && states[at] !== PLAIN) return false
  states[at] = states[at] === REVERSED ? PLAIN : REVERSED
  by[at] = negator
  return ((flags[at] as number) & MOOD) !== 0
}
