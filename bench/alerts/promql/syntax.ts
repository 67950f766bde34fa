/** The syntax tree of the part of PromQL that the shipped rules use. Durations are in seconds. */
export type Expression =
  | { kind: 'number'; value: number }
  | Selector
  | Call
  | Aggregation
  | Binary
  | { kind: 'negation'; of: Expression }

export interface Selector {
  kind: 'selector'
  name: string
  matchers: Matcher[]
  range: number | undefined
  offset: number
}

export interface Matcher {
  label: string
  operator: '=' | '!=' | '=~' | '!~'
  value: string
}

export interface Call {
  kind: 'call'
  name: string
  arguments: (Expression | string)[]
}

export interface Aggregation {
  kind: 'aggregation'
  operator: 'sum' | 'max' | 'min' | 'group' | 'count'
  grouping: Labels
  of: Expression
}

export interface Binary {
  kind: 'binary'
  operator: string
  left: Expression
  right: Expression
  matching: Labels
  /** Whether several series of the left side may match one of the right side. */
  groupLeft: boolean
}

/** Only those labels, or all labels except those. */
export interface Labels {
  only: boolean
  names: string[]
}

export const ALL_LABELS: Labels = { only: false, names: [] }
