import { setImmediate } from 'node:timers/promises'
import { METRICS, type MetricDeclaration, type MetricName } from '../catalogue/metrics.ts'
import { Body, BodyPart } from './body.ts'
import { type HistogramSample, MetricFamily, type Sample } from './family.ts'
import { ProcessMetrics } from './process-metrics.ts'
import { BETWEEN_FAMILIES, CONTENT_TYPES, ENDS, type ExpositionFormat } from './text-format.ts'

/** The function that reads each declared metric. If it returns the same array as before, its content is unchanged. */
export type Collectors = {
  [Name in MetricName]: (typeof METRICS)[Name]['type'] extends 'histogram'
    ? () => Iterable<HistogramSample>
    : () => Iterable<Sample>
}

/** A metric that is declared while the exporter runs: by a plugin. */
export interface RunTimeMetric {
  readonly name: string
  readonly declaration: MetricDeclaration
  readonly read: () => Iterable<Sample | HistogramSample>
}

/** How long series are written before the event loop may continue, in milliseconds. */
const TURN_MS = 20

/** How often writing starts again because the state has changed; after that it does not yield. */
const MOST_BEGUN = 3

/** The metrics of a version of the state as text. */
interface CommittedPart {
  readonly version: number
  readonly part: BodyPart
}

/** One format's families, and what was last made of them. */
interface Rendering {
  readonly committed: readonly MetricFamily[]
  readonly volatile: readonly MetricFamily[]
  /** Those of plugins, and what they were made of. */
  plugins: { readonly metrics: readonly RunTimeMetric[]; readonly families: readonly MetricFamily[] }
  state: CommittedPart | undefined
  /** The text that is being written. */
  pending: Promise<CommittedPart> | undefined
  last: { readonly part: BodyPart; readonly rest: string; readonly body: Body } | undefined
}

/**
 * The exposition: the metrics of the committed state, written once for each version of it and format, followed by those
 * that may change from scrape to scrape, of the running exporter and of its process.
 */
export class Exposition {
  readonly #version: () => number
  readonly #process: ProcessMetrics
  readonly #plugins: () => readonly RunTimeMetric[]
  readonly #renderings: Readonly<Record<ExpositionFormat, Rendering>>
  readonly #turnMs: number

  /**
   * @param version a number that changes with every metric that is not declared `volatile`; until then the written text
   *   is kept
   * @param plugins metrics that plugins declare, as part of the committed state; the same array until they change
   * @param turnMs how long it writes before it yields to the event loop, in milliseconds
   */
  constructor(
    collectors: Collectors,
    version: () => number,
    ofProcess = new ProcessMetrics(),
    plugins: () => readonly RunTimeMetric[] = () => NONE,
    turnMs = TURN_MS,
  ) {
    this.#turnMs = turnMs
    this.#version = version
    this.#process = ofProcess
    this.#plugins = plugins
    this.#renderings = {
      text: renderingOf('text', collectors),
      openmetrics: renderingOf('openmetrics', collectors),
    }
  }

  /** Everything, as it is now. */
  async render(format: ExpositionFormat): Promise<Body> {
    const measured = await this.#process.text(format)
    const rendering = this.#renderings[format]
    const between = BETWEEN_FAMILIES[format]
    if (rendering.state?.version !== this.#version()) {
      rendering.pending ??= this.#committedPart(rendering, format).finally(() => {
        rendering.pending = undefined
      })
      rendering.state = await rendering.pending
    }
    // No `await` from here on: everything is read at the same time.
    const { part } = rendering.state
    const rest = `${textOf(rendering.volatile, format)}${between}${measured}${ENDS[format]}`
    if (rendering.last?.part !== part || rendering.last.rest !== rest)
      rendering.last = { part, rest, body: new Body(CONTENT_TYPES[format], part, rest) }
    return rendering.last.body
  }

  /**
   * The metrics of one version of the committed state. With many thousands of series it yields to the event loop several
   * times, and starts again if the state has changed meanwhile.
   */
  async #committedPart(rendering: Rendering, format: ExpositionFormat): Promise<CommittedPart> {
    for (let begun = 1; ; begun++) {
      const version = this.#version()
      const text = await this.#written(
        stepsOf([...rendering.committed, ...this.#pluginFamilies(rendering, format)], format),
        begun < MOST_BEGUN,
        () => this.#version() === version,
      )
      if (text !== null) return { version, part: new BodyPart(text + BETWEEN_FAMILIES[format]) }
    }
  }

  /** Writes a text in steps; null if it is no longer current. */
  async #written(
    steps: Generator<void, string>,
    givesWay: boolean,
    isCurrent: () => boolean,
  ): Promise<string | null> {
    let turnEnd = performance.now() + this.#turnMs
    for (;;) {
      const { done, value } = steps.next()
      if (done) return value
      if (!givesWay || performance.now() < turnEnd) continue
      await setImmediate()
      if (!isCurrent()) return null
      turnEnd = performance.now() + this.#turnMs
    }
  }

  #pluginFamilies(rendering: Rendering, format: ExpositionFormat): readonly MetricFamily[] {
    const metrics = this.#plugins()
    if (metrics !== rendering.plugins.metrics) {
      const families = metrics.map(
        ({ name, declaration, read }) => new MetricFamily(name, declaration, format, read),
      )
      rendering.plugins = { metrics, families }
    }
    return rendering.plugins.families
  }
}

const NONE: readonly RunTimeMetric[] = []

function renderingOf(format: ExpositionFormat, collectors: Collectors): Rendering {
  const families = (volatile: boolean) =>
    Object.entries<MetricDeclaration>(METRICS)
      .filter(([, declaration]) => (declaration.volatile ?? false) === volatile)
      .map(
        ([name, declaration]) => new MetricFamily(name, declaration, format, collectors[name as MetricName]),
      )
  return {
    committed: families(false),
    volatile: families(true),
    plugins: { metrics: NONE, families: [] },
    state: undefined,
    pending: undefined,
    last: undefined,
  }
}

/** Writes the text of families in steps, with at least one step for each. */
function* stepsOf(families: readonly MetricFamily[], format: ExpositionFormat): Generator<void, string> {
  const texts: string[] = []
  for (const family of families) {
    texts.push(yield* family.steps())
    yield
  }
  return texts.join(BETWEEN_FAMILIES[format])
}

const textOf = (families: readonly MetricFamily[], format: ExpositionFormat): string =>
  families.map(family => family.text()).join(BETWEEN_FAMILIES[format])
