/** An emoticon or a typed sound. */
export interface Emoticon {
  /** Its name, also used in the option `weights`. */
  readonly name: string
  /** A regular expression for all its spellings. */
  readonly pattern: string
  /** From -1 to 1. */
  readonly weight: number
}

/** An emoticon of letters must be a separate word: "xD" is one, the end of "maxD" is not. */
const apart = (pattern: string) => String.raw`(?<![\p{L}\p{N}])${pattern}(?![\p{L}\p{N}])`

const anyCase = (pattern: string) => pattern.replace(/[a-z]/g, letter => `[${letter}${letter.toUpperCase()}]`)

/** Units directly after a number, including those that may begin a word. */
const UNITS_AFTER = anyCase(
  'h|hrs?|s|secs?|ms|mins?|d|wks?|yrs?|k|m|mn|bn|km|cm|mm|kg|g|mg|lbs?|oz|kb|mb|gb|tb|hz|mhz|ghz|mph|pts?|pct',
)

/** Words for time and amount after a number and a space, which are never the object of "<3". */
const UNITS_APART = anyCase(
  'hours?|hrs?|minutes?|mins?|seconds?|secs?|ms|days?|weeks?|wks?|months?|years?|yrs?|percent|pct|per cent|times|stars?|points?|pts?|dollars?|bucks|euros?|usd|eur|krw|km|cm|mm|kg|lbs?|miles?|meters?|metres?|feet|grams?|kb|mb|gb|tb|mph',
)

const KOREAN_UNITS = '시간|개월|퍼센트|프로|킬로|만 ?원|천 ?원'
const KOREAN_SYLLABLES = '[일분초주달년개명번점원회배살]'

/** Indicates that the 3 in "<3" is a number: more digits, a percentage, or a unit. */
const AMOUNT = String.raw`(?:[.,:/\-–]?\p{N}|\s?[%‰°]|(?:${UNITS_AFTER})(?![\p{L}\p{N}])|\s(?:${UNITS_APART})(?![\p{L}\p{N}])|\s?(?:${KOREAN_UNITS})|${KOREAN_SYLLABLES}|\s${KOREAN_SYLLABLES}(?![가-힣]))`

/** In "5<3" it is a comparison; in "<3<3" the second is a heart. */
const NO_NUMBER = String.raw`(?<!(?:^|[^\p{L}\p{N}<\/])\p{N}+)`

/** The subject before a heart: "I <3 days off". */
const LOVER = String.raw`(?<=(?:^|[^\p{L}\p{N}])(?:${anyCase('i|we|they|who')})\s?)`

/**
 * Weights are the rounded mean sentiment of labelled English tweets and Korean reviews with the emoticon (-1
 * negative, 1 positive). Tears are an exception: in film reviews ㅠㅠ means being moved, elsewhere it does not.
 */
export const EMOTICONS: readonly Emoticon[] = [
  { name: ":'(", pattern: String.raw`[:=]['’]-?\(+`, weight: -0.5 },
  { name: ":')", pattern: String.raw`[:=]['’]-?\)+`, weight: 0.6 },
  { name: '>:(', pattern: String.raw`>[:=]-?\(+`, weight: -0.6 },
  { name: ':)', pattern: String.raw`[:=][\-o^]?[)\]]+`, weight: 0.6 },
  { name: ':(', pattern: String.raw`[:=]-?[(\[]+`, weight: -0.5 },
  { name: ';)', pattern: String.raw`;-?\)+`, weight: 0.6 },
  { name: ':D', pattern: String.raw`[:=]-?D+(?![\p{L}\p{N}])`, weight: 0.7 },
  { name: ':P', pattern: String.raw`[:;=]-?[pP](?![\p{L}\p{N}])`, weight: 0.5 },
  { name: ':*', pattern: String.raw`[:;]-?\*+`, weight: 0.7 },
  { name: ':/', pattern: String.raw`(?<![\p{L}\p{N}])[:=]-?[\/\\](?![\/\\\p{L}\p{N}])`, weight: -0.2 },
  { name: '</3', pattern: String.raw`<\/3(?!\p{N})`, weight: -0.4 },
  { name: '<3', pattern: String.raw`(?:${LOVER}<3(?!\p{N})|${NO_NUMBER}<3(?!${AMOUNT}))`, weight: 0.7 },
  { name: 'xD', pattern: apart('[xX]D+'), weight: 0.5 },
  { name: 'T_T', pattern: apart(String.raw`(?:T[_.\-]T|;_;)`), weight: -0.3 },
  { name: '-_-', pattern: '-[_.]+-', weight: -0.3 },
  { name: '^^', pattern: String.raw`\^[_.\-oO0]?\^+`, weight: 0.5 },
  { name: 'ㅋㅋ', pattern: 'ㅋ{2,}', weight: 0.2 },
  { name: 'ㅎㅎ', pattern: 'ㅎ{2,}', weight: 0.5 },
  { name: 'ㅠㅠ', pattern: '[ㅠㅜ](?:[_.]?[ㅠㅜ])*', weight: -0.2 },
  { name: 'ㅡㅡ', pattern: 'ㅡ[_.]*ㅡ+', weight: -0.6 },
  { name: 'ㅉㅉ', pattern: 'ㅉ{2,}', weight: -0.6 },
]
