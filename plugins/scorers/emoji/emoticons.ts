/** A typed face or sound. */
export interface Emoticon {
  /** How it is known, and named in the option `weights`. */
  readonly name: string
  /** All ways of typing it: a regular expression. */
  readonly pattern: string
  /** From -1 to 1. */
  readonly weight: number
}

/** A face of letters must be a word of its own: "xD" is one, the end of "maxD" is not. */
const apart = (pattern: string) => String.raw`(?<![\p{L}\p{N}])${pattern}(?![\p{L}\p{N}])`

const anyCase = (pattern: string) => pattern.replace(/[a-z]/g, letter => `[${letter}${letter.toUpperCase()}]`)

/** Units that are written right after a number, those that may as well begin a word included. */
const UNITS_AFTER = anyCase(
  'h|hrs?|s|secs?|ms|mins?|d|wks?|yrs?|k|m|mn|bn|km|cm|mm|kg|g|mg|lbs?|oz|kb|mb|gb|tb|hz|mhz|ghz|mph|pts?|pct',
)

/** Words of time and amount after a number and a space, of which none is what people love. */
const UNITS_APART = anyCase(
  'hours?|hrs?|minutes?|mins?|seconds?|secs?|ms|days?|weeks?|wks?|months?|years?|yrs?|percent|pct|per cent|times|stars?|points?|pts?|dollars?|bucks|euros?|usd|eur|krw|km|cm|mm|kg|lbs?|miles?|meters?|metres?|feet|grams?|kb|mb|gb|tb|mph',
)

const KOREAN_UNITS = '시간|개월|퍼센트|프로|킬로|만 ?원|천 ?원'
const KOREAN_SYLLABLES = '[일분초주달년개명번점원회배살]'

/** What makes a number of the 3 in "<3": more of the number, a percentage, or a unit. */
const AMOUNT = String.raw`(?:[.,:/\-–]?\p{N}|\s?[%‰°]|(?:${UNITS_AFTER})(?![\p{L}\p{N}])|\s(?:${UNITS_APART})(?![\p{L}\p{N}])|\s?(?:${KOREAN_UNITS})|${KOREAN_SYLLABLES}|\s${KOREAN_SYLLABLES}(?![가-힣]))`

/** Of "5<3" and "<3<3" the second is a row of hearts. */
const NO_NUMBER = String.raw`(?<!(?:^|[^\p{L}\p{N}<\/])\p{N}+)`

/** Who loves what follows: "I <3 days off". */
const LOVER = String.raw`(?<=(?:^|[^\p{L}\p{N}])(?:${anyCase('i|we|they|who')})\s?)`

/**
 * Weights are what labelled English tweets and Korean reviews that hold them are like on average (-1 negative, 1
 * positive), rounded. Tears are an exception: in reviews of films ㅠㅠ says that somebody was moved, elsewhere it does not.
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
