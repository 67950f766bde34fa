/**
 * A topic of the configuration. It matches a post that contains one of `any` (if given), each of `all`, and none of
 * `not`. A rule with `not` alone matches everything else, one without keywords everything.
 */
export interface TopicRule {
  readonly name: string
  readonly any?: readonly string[]
  readonly all?: readonly string[]
  readonly not?: readonly string[]
}
