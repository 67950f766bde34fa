/**
 * A topic of the configuration. It matches a post that contains one of `any` (if given), each of `all`, and none of
 * `not`. A rule with `not` alone matches everything else.
 *
 * Keywords and phrases match in any case and width, with any apostrophes and dashes that phones substitute, and
 * across invisible characters. White space in a phrase matches any run of it, or one hyphen or underscore; hashtags
 * and @names join the words of a phrase. In a script with spaces (Latin, Cyrillic, digits …) an end of a keyword
 * matches only at the edge of a word: `galaxy` is in `#galaxy` and `galaxy는`, not in `mygalaxy`. A Korean keyword
 * matches at the start of a word, whatever follows: `갤럭시` is in `갤럭시는`. In any other script it matches anywhere.
 *
 * A source may use the topics to ask for fewer posts at the origin. It need not be exact: the exporter matches every
 * post itself, and counts those of no topic as `off_topic`.
 */
export interface TopicRule {
  readonly name: string
  readonly any?: readonly string[]
  readonly all?: readonly string[]
  readonly not?: readonly string[]
}
