/** Something typed that stands for a face or a sound. */
export interface Emoticon {
  /** How it is known, and named in the option `weights`. */
  readonly name: string
  /** All ways of typing it: a regular expression. */
  readonly pattern: string
  /** From -1 to 1. */
  readonly weight: number
}

/** Letters in a face must stand apart: "xD" is one, the end of "maxD" is not. */
const apart = (pattern: string) => String.raw`(?<![\p{L}\p{N}])${pattern}(?![\p{L}\p{N}])`

/** What makes "<3" less than three of something. */
const AMOUNT = String.raw`\s*(?:%|(?:sec|second|min|minute|hour|hr|day|week|month|year|km|mile|metre|meter|kg|lb|gb|mb|mm|cm|ms|star|people|item|point|percent|left)s?\b|시간|분|초|일|주|개|명|점|원)`

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
  { name: '<3', pattern: String.raw`<3(?!\p{N}|${AMOUNT})`, weight: 0.7 },
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
