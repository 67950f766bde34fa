/** Suffixes that samples of a family have, by its type. */
const SUFFIXES: Record<string, string[]> = {
  counter: ['_total', '_created'],
  gauge: [''],
  histogram: ['_bucket', '_count', '_sum', '_created'],
  summary: ['', '_count', '_sum', '_created'],
}

const LABELS = String.raw`\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*"(?:,(?!\})|(?=\})))*\}`
const NUMBER = String.raw`(?:[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?|[+-]Inf|NaN)`
const SAMPLE = new RegExp(
  String.raw`^([a-zA-Z_:][\w:]*)(${LABELS})? (${NUMBER})(?: (${NUMBER}))?(?: # (${LABELS}) (${NUMBER})(?: (${NUMBER}))?)?$`,
)
const METADATA = /^# (HELP|TYPE|UNIT) ([a-zA-Z_:][\w:]*) (.*)$/
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g
const ESCAPED_TEXT = /^(?:[^\\\n]|\\[n"\\])*$/

/** Prometheus refuses an exemplar whose labels have more characters than this, names included. */
const EXEMPLAR_CHARACTERS = 128

interface Family {
  name: string
  type: string
  buckets: Map<string, number[]>
}

/**
 * Checks a text against OpenMetrics 1.0, as far as an exporter may err. Answers what is wrong, a sentence for each line
 * that is.
 */
export function openMetricsFaults(text: string): string[] {
  const faults: string[] = []
  const families = new Set<string>()
  const series = new Set<string>()
  let family = null as Family | null
  let saidOf = new Set<string>()
  if (!text.endsWith('\n# EOF\n')) faults.push('the last line is not "# EOF"')
  for (const line of text.slice(0, -'# EOF\n'.length).split('\n').slice(0, -1)) {
    const fault = (what: string) => faults.push(`${what}: ${JSON.stringify(line.slice(0, 300))}`)
    if (line.startsWith('#')) {
      const [, keyword, name, value] = METADATA.exec(line) ?? []
      if (keyword === undefined || name === undefined || value === undefined) {
        fault('no metadata')
        continue
      }
      if (family?.name !== name) {
        if (families.has(name)) fault('a family that was there before')
        families.add(name)
        family = { name, type: 'unknown', buckets: new Map() }
        saidOf = new Set()
      }
      if (saidOf.has(keyword)) fault(`a second ${keyword}`)
      saidOf.add(keyword)
      if (keyword === 'TYPE') {
        if (!SUFFIXES[value]) fault('a type that there is not')
        family.type = value
        if (value === 'counter' && name.endsWith('_total')) fault('a counter family named _total')
      }
      if (keyword === 'UNIT' && !name.endsWith(`_${value}`)) fault('a unit that the name does not end in')
      if (keyword === 'HELP' && !ESCAPED_TEXT.test(value)) fault('a help text that is not escaped')
      continue
    }
    const parts = SAMPLE.exec(line)
    if (!parts) {
      fault('no sample')
      continue
    }
    const [, name = '', labels = '', value = '', , exemplar] = parts
    const suffix = family && name.startsWith(family.name) ? name.slice(family.name.length) : null
    if (!family || suffix === null || !SUFFIXES[family.type]?.includes(suffix))
      fault('a sample outside its family')
    if (series.has(name + labels)) fault('a series that was there before')
    series.add(name + labels)
    const names = [...labels.matchAll(LABEL)].map(([, label]) => label)
    if (new Set(names).size < names.length) fault('a label twice')
    if (exemplar !== undefined) {
      if (suffix !== '_bucket' && suffix !== '_total') fault('an exemplar where none may be')
      const characters = [...exemplar.matchAll(LABEL)]
        .map(([, label, text = '']) => [...`${label}${text.replace(/\\(.)/g, '$1')}`].length)
        .reduce((sum, length) => sum + length, 0)
      if (characters > EXEMPLAR_CHARACTERS) fault('an exemplar that is too long')
      // No rule of the format's, but Prometheus refuses the scrape.
      if (exemplar.includes('\0')) fault('an exemplar with a NUL')
    }
    if (suffix === '_total' && !(Number(value) >= 0)) fault('a counter that is no number from 0 up')
    if (suffix === '_bucket') checkBucket(family as Family, labels, Number(value), fault)
  }
  return faults
}

/** Buckets are cumulative: each holds what the ones before it hold. */
function checkBucket(
  { buckets }: Family,
  labels: string,
  value: number,
  fault: (what: string) => void,
): void {
  const others = [...labels.matchAll(LABEL)].filter(([, label]) => label !== 'le').join()
  const before = buckets.get(others) ?? []
  if (value < (before.at(-1) ?? 0)) fault('a bucket that holds less than the one before')
  before.push(value)
  buckets.set(others, before)
}
