import { createRequire } from 'node:module'
import type { Liquid, LiquidError } from 'liquidjs'
import { isObject } from '../json.ts'
import { Figures } from './figures.ts'
import { type Markup, TEXT } from './markup.ts'
import type { ReportData } from './report-data.ts'
import { ReportWriter, type Section, sectionLines } from './report-writer.ts'
import { FULL_REPORT, SPARSE_REPORT } from './sample-reports.ts'
import { WORDS, type Words } from './words.ts'

/**
 * Limits: characters of a template, and what rendering may allocate (characters) and take (milliseconds), in
 * LiquidJS's units.
 */
const CHARACTERS = 20_000
const ALLOCATED = 2_000_000
const RENDER_MS = 5000

/** Mark text that is already marked up for the channel. Private-use characters, which are removed from posts. */
const BEGIN = '\uE000'
const END = '\uE001'

/** Written if there is no value: a report has no percentages for few posts. */
const NOTHING = '–'

/** A fault in a template. */
export interface TemplateFault {
  /** Counted from 1. */
  line: number
  message: string
  /** An unknown name and the known ones, if that is the fault. */
  unknown?: { name: string; known: string[] }
}

/**
 * Renders a report by a template, in the markup of a channel.
 *
 * @see https://shopify.github.io/liquid/ the language
 * @throws Error if the template cannot be rendered, or its result is empty
 */
export function renderTemplate(template: string, report: ReportData, markup: Markup): string {
  const engine = engineFor(report, markup)
  const rendered = engine.parseAndRenderSync(withoutTagLines(template), scopeOf(report, markup)) as string
  const text = settled(rendered.replace(/\n{3,}/g, '\n\n').trim(), markup)
  if (text === '') throw new EmptyText()
  return text
}

/**
 * The fault of a template, found by rendering it for a complete and for an almost empty report. Null if there is
 * none.
 */
export function templateFault(template: string): TemplateFault | null {
  if (template.length > CHARACTERS)
    return { line: 1, message: `it has ${template.length} characters, and may have ${CHARACTERS}` }
  for (const report of [FULL_REPORT, SPARSE_REPORT])
    try {
      renderTemplate(template, report, TEXT)
    } catch (error) {
      const isSparse = report === SPARSE_REPORT
      // The standard text is then sent instead.
      if (isSparse && error instanceof EmptyText) continue
      return faultOf(error as Error, isSparse)
    }
  return null
}

class EmptyText extends Error {
  constructor() {
    super('it writes nothing')
  }
}

function faultOf(error: Error, isOfSparse: boolean): TemplateFault {
  const { token, originalError } = error as LiquidError & { originalError?: Error }
  const [line = 1] = token?.getPosition() ?? []
  const message = originalError?.message ?? error.message.replace(/, line:\d+, col:\d+$/, '')
  const variable = /^undefined variable: (.*)$/.exec(message)?.[1]?.replace(/\.(\d+)/g, '[$1]')
  const filter = /^undefined filter: (.*)$/.exec(message)?.[1]
  if (filter !== undefined)
    return {
      line,
      message: `there is no filter "${filter}"`,
      unknown: { name: filter, known: filterNames() },
    }
  if (variable !== undefined && isOfSparse) {
    const message = `"${variable}" is not in every report: put it between {% if ${variable} %} and {% endif %}`
    return { line, message }
  }
  if (variable !== undefined)
    return {
      line,
      message: `there is no "${variable}"`,
      unknown: { name: variable.replace(/^.*\./, ''), known: variableNames() },
    }
  const isOfFile = message.startsWith('ENOENT')
  return {
    line,
    message: isOfFile ? 'a template reads no other file' : message.replace(/(\{%)-|-(%\})/g, '$1$2'),
  }
}

/** Loaded only if there is a template: it takes about 2 MB in each thread. */
const liquidjs = (): typeof import('liquidjs') => createRequire(import.meta.url)('liquidjs')

function engineFor(report: ReportData, markup: Markup): Liquid {
  const engine = new (liquidjs().Liquid)({
    strictVariables: true,
    strictFilters: true,
    lenientIf: true,
    ownPropertyOnly: true,
    // A tag that trims white space removes its own line, but no empty line after it.
    greedy: false,
    // There are no other templates, so that none is read from disk.
    templates: {},
    memoryLimit: ALLOCATED,
    renderLimit: RENDER_MS,
    outputEscape: value => markedUp(value, markup),
  })
  for (const [name, filter] of Object.entries(filtersOf(report, markup))) engine.registerFilter(name, filter)
  return engine
}

/** Text that is already marked up for the channel. */
class Marked {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

function markedUp(value: unknown, markup: Markup): string {
  const text = value instanceof Marked ? value.text : settled(textOf(value), markup)
  return `${BEGIN}${text}${END}`
}

const textOf = (value: unknown): string => {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(textOf).join(', ')
  if (value instanceof Marked) return value.text
  return isObject(value) ? JSON.stringify(value) : String(value)
}

/** Marks up the plain parts of a text. A `capture` may contain marked-up and plain text. */
function settled(text: string, markup: Markup): string {
  let depth = 0
  return text
    .split(/([\uE000\uE001])/)
    .map(piece => {
      if (piece === BEGIN) depth++
      else if (piece === END) depth = Math.max(0, depth - 1)
      else return depth > 0 ? piece : markup.text(piece).replaceAll('\n', markup.line)
      return ''
    })
    .join('')
}

/** Removes lines that contain only a tag from the text. Line numbers are kept. */
const withoutTagLines = (template: string): string =>
  template
    .replaceAll('\r\n', '\n')
    .replace(/^[ \t]*\{%-?((?:(?!%\})[^\n])*?)-?%\}[ \t]*(?=\n|$)/gm, '{%-$1-%}')

/** The names that a template can use: the report as in its JSON, and its texts. */
function scopeOf(report: ReportData, markup: Markup): Record<string, unknown> {
  const writer = new ReportWriter(report, markup)
  const list = (section: Omit<Section, 'heading'>) =>
    new Marked(sectionLines({ heading: '', ...section }, markup).join(markup.line))
  const { template: _, ...data } = withoutMarks(report) as ReportData
  const { incidents, topics, rankings } = data
  return {
    ...data,
    title: writer.title,
    subtitle: writer.period,
    words: Object.fromEntries(
      Object.entries(WORDS[report.language]).filter(([, word]) => typeof word === 'string'),
    ),
    topics: topics.map(topic => ({ ...topic, text: list({ lines: writer.topic(topic) }) })),
    rankings: rankings.map(ranking => ({
      ...ranking,
      heading: writer.rankingHeading(ranking),
      text: list(writer.ranking(ranking)),
    })),
    alerts: incidents && list({ lines: writer.incidents(incidents) }),
    missed: list(writer.coverage()),
    sections: writer.sections().map(section => ({ heading: section.heading, text: list(section) })),
  }
}

/** Text from posts must not be able to imitate marks. */
const withoutMarks = (report: ReportData): unknown =>
  JSON.parse(JSON.stringify(report), (_, value) =>
    typeof value === 'string' ? value.replace(/[\uE000\uE001]/g, '') : value,
  )

type Filter = (value: unknown, ...args: unknown[]) => unknown

/** Filters for the figures and phrases of reports. */
function filtersOf(report: ReportData, markup: Markup): Record<string, Filter> {
  const figures = new Figures(report)
  const words = WORDS[report.language]
  const figure =
    (write: (value: number) => string): Filter =>
    value =>
      isMissing(value) ? NOTHING : write(numberOf(value))
  const compared =
    (write: (now: number, before: number) => string): Filter =>
    (now, ...earlier) => {
      if (earlier.length !== 1) throw new Error('expected one value to compare with')
      const [before] = earlier
      return isMissing(now) || isMissing(before) ? NOTHING : write(numberOf(now), numberOf(before))
    }
  const phrase = (name: PhraseOf<string>, write: (value: number) => string): Filter =>
    figure(value => words[name](write(value)))
  const number = (n: number) => figures.number(n)
  const percent = (share: number) => figures.percent(share)
  const signed = (share: number) => figures.signed(share)
  const length = (ms: number) => figures.length(ms)
  return {
    number: figure(number),
    decimal: figure(n => figures.decimal(n)),
    percent: figure(percent),
    signed: figure(signed),
    score: figure(score => figures.score(score)),
    time: figure(at => figures.time(at)),
    short_time: figure(at => figures.shortTime(at)),
    length: figure(length),
    change: compared((now, before) => figures.change(now, before)),
    points: compared((now, before) => figures.points(now, before)),
    posts: phrase('posts', number),
    few: phrase('few', number),
    net: phrase('net', signed),
    negative: phrase('negative', percent),
    share: phrase('share', percent),
    from: phrase('from', number),
    stopped: phrase('stopped', length),
    before: change => words.before(textOf(change)),
    week_before: change => words.weekBefore(textOf(change)),
    rank: (share, mean) => words.rank(percent(numberOf(share)), figures.decimal(numberOf(mean))),
    down: (ms, source) => words.down(textOf(source), length(numberOf(ms))),
    bold: text => new Marked(text === '' ? '' : markup.bold(settled(textOf(text), markup))),
    link: (url, text) => new Marked(markup.link(textOf(url), textOf(text ?? url))),
    raw: text => new Marked(textOf(text)),
  }
}

/** Phrases with one value. */
type PhraseOf<Value> = {
  [Name in keyof Words]: Words[Name] extends (value: Value) => string ? Name : never
}[keyof Words]

/** A key of a null value counts as absent. */
const isMissing = (value: unknown) => value === null || value === undefined

function numberOf(value: unknown): number {
  if (typeof value === 'number') return value
  throw new Error(`expected a number, got ${value === undefined ? 'nothing' : JSON.stringify(value)}`)
}

/** LiquidJS has further filters. */
const filterNames = (): string[] => Object.keys(filtersOf(FULL_REPORT, TEXT))

function variableNames(): string[] {
  const names = new Set<string>()
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(collect)
    else if (isObject(value) && !(value instanceof Marked))
      for (const [name, inner] of Object.entries(value)) {
        names.add(name)
        collect(inner)
      }
  }
  collect(scopeOf(FULL_REPORT, TEXT))
  return [...names]
}
