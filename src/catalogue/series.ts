import { DROP_REASONS } from './drop-reasons.ts'
import { labelKey, labelValues } from './label-key.ts'
import { type CounterName, METRICS, type MetricDeclaration, type MetricName } from './metrics.ts'
import { isPluginKind, KINDS, PLUGIN_KINDS, type PluginKind } from './plugin-kinds.ts'

/** The values that a configuration allows for labels: names of its plugins, by kind, and others. */
export type Known = { readonly [Kind in PluginKind as `${Kind}s`]: ReadonlySet<string> } & {
  readonly topics: ReadonlySet<string>
  /** Labels of the section `windows`. */
  readonly windows: ReadonlySet<string>
  /** Labels of each extractor's windows. */
  readonly termWindows: ReadonlyMap<string, ReadonlySet<string>>
  /** Names of sources with rankings, and labels of the windows of rankings; none if absent. */
  readonly rankings?: ReadonlySet<string>
  readonly rankingWindows?: ReadonlySet<string>
  /** Names of reports; none if absent. */
  readonly reports?: ReadonlySet<string>
  /** All values of the label `lang`. */
  readonly languages: ReadonlySet<string>
}

/** The values that a label may have; null if only the traffic decides, as for a term or an HTTP status. */
type Values = ReadonlySet<string> | null

const NONE: ReadonlySet<string> = new Set()

/** Labels with values that the configuration limits, but of which a series exists only after a post had the value. */
const FOUND_IN_POSTS: ReadonlySet<string> = new Set(['lang'])

/**
 * Whether a series belongs to the running configuration. It does not if its source, topic, scorer, extractor, window
 * or language is not configured, or if the key does not match the metric's labels.
 */
export const isCurrentSeries = (metric: MetricName, key: string, known: Known): boolean =>
  currentSeries(metric, known)(key)

/** The same for many series of a metric. */
export function currentSeries(metric: MetricName, known: Known): (key: string) => boolean {
  const declaration: MetricDeclaration = METRICS[metric]
  const { labels } = declaration
  if (labels.length === 0) return key => key === ''
  // There may be hundreds of thousands of series, but few different sets of values.
  const sets = labels.map(() => new Map<string, Values>())
  const allowedAt = (place: number, before: Readonly<Record<string, string>>): Values => {
    const { kind = '', extractor = '' } = before
    const key = labelKey(kind, extractor)
    let allowed = sets[place]?.get(key)
    if (allowed === undefined) {
      allowed = valuesOf(labels[place] as string, declaration, before, known)
      sets[place]?.set(key, allowed)
    }
    return allowed
  }
  return key => {
    const values = labelValues(key)
    // A term is always the last label, and may contain the separator.
    if (values.length < labels.length || (values.length > labels.length && labels.at(-1) !== 'term'))
      return false
    const before: Record<string, string> = {}
    return labels.every((label, place) => {
      const value = values[place] as string
      const allowed = allowedAt(place, before)
      before[label] = value
      return label === 'cause' ? isCurrentCause(value, known) : (allowed?.has(value) ?? true)
    })
  }
}

/**
 * The series that begin at 0, so that Prometheus sees their first increment: all whose labels the configuration
 * decides.
 */
export function* zeroSeries(known: Known): Generator<[metric: CounterName, key: string]> {
  for (const [metric, declaration] of Object.entries<MetricDeclaration>(METRICS))
    if (declaration.type === 'counter' && !declaration.labels.some(label => FOUND_IN_POSTS.has(label)))
      for (const values of combinations(declaration, [], known))
        yield [metric as CounterName, labelKey(...values)]
}

/** Whether series of a metric begin at 0, in a configuration with one of everything. */
export function beginsAtZero(metric: MetricName): boolean {
  for (const [begun] of zeroSeries(ONE_OF_EACH)) if (begun === metric) return true
  return false
}

const ONE: ReadonlySet<string> = new Set(['one'])
const NAMES = Object.fromEntries(KINDS.map(kind => [`${kind}s`, ONE])) as Record<`${PluginKind}s`, typeof ONE>
const ONE_OF_EACH: Known = {
  ...NAMES,
  topics: ONE,
  windows: ONE,
  termWindows: new Map([['one', ONE]]),
  languages: ONE,
  reports: ONE,
  rankings: ONE,
  rankingWindows: ONE,
}

/** All combinations of values of a metric's labels; none if the values of one label are not known. */
function* combinations(
  declaration: MetricDeclaration,
  values: readonly string[],
  known: Known,
): Generator<readonly string[]> {
  const label = declaration.labels[values.length]
  if (label === undefined) return yield values
  const before = Object.fromEntries(values.map((value, i) => [declaration.labels[i] as string, value]))
  for (const value of valuesOf(label, declaration, before, known) ?? NONE)
    yield* combinations(declaration, [...values, value], known)
}

/** @param before the values of the previous labels, which may restrict those of this one */
function valuesOf(
  label: string,
  { values }: MetricDeclaration,
  before: Readonly<Record<string, string>>,
  known: Known,
): Values {
  const declared = values?.[label]
  if (declared === 'all windows')
    return new Set([known.windows, ...known.termWindows.values()].flatMap(each => [...each]))
  if (declared === 'rankings') return known.rankings ?? NONE
  if (declared === 'windows of rankings') return known.rankingWindows ?? NONE
  if (declared) return new Set(declared)
  if (isPluginKind(label)) return known[`${label}s`]
  const { kind, extractor } = before
  switch (label) {
    case 'topic':
      return known.topics
    case 'lang':
      return known.languages
    case 'window':
      return extractor === undefined ? known.windows : (known.termWindows.get(extractor) ?? NONE)
    case 'report':
      return known.reports ?? NONE
    case 'kind':
      return new Set(KINDS)
    case 'plugin':
      return namesOf(kind, known)
    case 'reason':
      return isPluginKind(kind) ? new Set(PLUGIN_KINDS[kind].failures) : null
    default:
      return null
  }
}

const namesOf = (kind: string | undefined, known: Known): ReadonlySet<string> =>
  isPluginKind(kind) ? known[`${kind}s`] : NONE

/**
 * Whether the cause of a log line is current: `scorer afinn` exists while the scorer does, `demo invalid` while the
 * source does.
 */
function isCurrentCause(cause: string, known: Known): boolean {
  const [, first = '', rest = ''] = /^(\S+) (.*)$/s.exec(cause) ?? []
  const ofPlugin = isPluginKind(first)
  const ofDrop = Object.hasOwn(DROP_REASONS, rest)
  if (!ofPlugin && !ofDrop) return true
  return (ofPlugin && namesOf(first, known).has(rest)) || (ofDrop && known.sources.has(first))
}
