import { METRICS, type MetricDeclaration, type MetricName } from '../catalogue/metrics.ts'
import { Body, BodyPart } from './body.ts'
import { type HistogramSample, MetricFamily, type Sample } from './family.ts'
import { ProcessMetrics } from './process-metrics.ts'
import { BETWEEN_FAMILIES, CONTENT_TYPES, ENDS, type ExpositionFormat } from './text-format.ts'

/** Where each declared metric is read from. */
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

/** One format's families, and what was last made of them. */
interface Rendering {
  readonly committed: readonly MetricFamily[]
  readonly volatile: readonly MetricFamily[]
  /** Those of plugins, and what they were made of. */
  plugins: { readonly metrics: readonly RunTimeMetric[]; readonly families: readonly MetricFamily[] }
  state: { readonly version: number; readonly part: BodyPart } | undefined
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

  /**
   * @param version a number that is another one whenever a metric has changed that is not declared
   *   `volatile`; until then what was written is kept
   * @param plugins metrics that plugins declare, as part of the committed state; the same list until they are others
   */
  constructor(
    collectors: Collectors,
    version: () => number,
    ofProcess = new ProcessMetrics(),
    plugins: () => readonly RunTimeMetric[] = () => NONE,
  ) {
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
    // From here on nothing waits: what is read is of one moment.
    const rendering = this.#renderings[format]
    const between = BETWEEN_FAMILIES[format]
    const version = this.#version()
    if (rendering.state?.version !== version) {
      const families = [...rendering.committed, ...this.#pluginFamilies(rendering, format)]
      rendering.state = { version, part: new BodyPart(textOf(families, format) + between) }
    }
    const { part } = rendering.state
    const rest = `${textOf(rendering.volatile, format)}${between}${measured}${ENDS[format]}`
    if (rendering.last?.part !== part || rendering.last.rest !== rest)
      rendering.last = { part, rest, body: new Body(CONTENT_TYPES[format], part, rest) }
    return rendering.last.body
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
    last: undefined,
  }
}

const textOf = (families: readonly MetricFamily[], format: ExpositionFormat): string =>
  families.map(family => family.text()).join(BETWEEN_FAMILIES[format])
