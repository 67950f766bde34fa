const STRINGS = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g
const MATCHERS = /\{[^}]*\}/g
const RANGES = /\[[^\]]*\]/g
const GROUPINGS = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g
/** Includes numbers and durations (`1e3`, `5m`), so that no part of them is taken for a name. */
const WORDS = /\d[\w.]*|[a-zA-Z_:][\w:]*(?!\w*\s*\()(?![\w:])/g
const KEYWORDS = new Set([
  'and',
  'or',
  'unless',
  'bool',
  'offset',
  'atan2',
  'inf',
  'nan',
  'group_left',
  'group_right',
])

/**
 * The metrics that a PromQL expression reads, each once. It finds names only; a test lets Prometheus check the
 * expressions.
 */
export function metricNames(expr: string): string[] {
  const bare = expr.replace(STRINGS, '').replace(MATCHERS, '').replace(RANGES, '').replace(GROUPINGS, '')
  const words = bare.match(WORDS) ?? []
  return [...new Set(words.filter(word => /^\D/.test(word) && !KEYWORDS.has(word.toLowerCase())))]
}

/** Variables of Grafana that a text refers to, `$name` or `${name}` (also `${name:format}`), each once. */
export const variableNames = (text: string): string[] => [
  ...new Set(
    [...text.matchAll(/\$(?:\{(\w+)[^}]*\}|(\w+))/g)].map(([, braced, bare]) => (braced ?? bare) as string),
  ),
]
