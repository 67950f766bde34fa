/**
 * A topic of the configuration: a post is about it that holds one of `any` (where given), each of `all`, and none of
 * `not`. A rule with `not` alone is about everything else, one without keywords about everything.
 *
 * Keywords and phrases match whatever their case and width, whatever apostrophes and dashes a phone made of the
 * typewriter's, and whatever is invisible between. White space in a phrase matches any run of it, or one hyphen or
 * underscore; in hashtags and names after @ the words of a phrase run together. An end in a script that has spaces
 * (Latin, Cyrillic, digits …) matches at the edge of a word only: `galaxy` is in `#galaxy` and `galaxy는`, not in
 * `mygalaxy`. A Korean word matches where one starts, with what follows it: `갤럭시` is in `갤럭시는`. An end in any other
 * script matches anywhere.
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
