import { labelKey } from '../catalogue/label-key.ts'
import { isPluginKind } from '../catalogue/plugin-kinds.ts'
import type { Known } from '../catalogue/series.ts'
import { definitionOfShape } from '../plugin/metric-definitions.ts'
import type { MetricDefinitions } from '../plugin/metrics.ts'
import { type EncodedMetric, type EncodedPluginMetrics, RecordedMetrics } from '../plugin/recorded-metrics.ts'
import { StateMismatch } from './encoding.ts'
import { ensure } from './ensure.ts'

/** What plugins recorded, by the kind and name of the instance, such as `scorer exclaim`. */
export type EncodedPlugins = readonly (readonly [owner: string, metrics: EncodedPluginMetrics])[]

/** One metric of one instance. Its definition is parsed from the shape that its numbers come with. */
interface Recorded {
  readonly shape: string
  readonly numbers: RecordedMetrics<MetricDefinitions>
}

/** A member of a scorer that is made of others is called by its place: `ensemble/0`. */
const MEMBER = /(?:\/\d+)+$/

/** The kind and the name of an owner. A member of a scorer that is made of others goes by the name of that one. */
export function ownerOf(owner: string): { kind: string; name: string } {
  const [kind = '', ...rest] = owner.split(' ')
  return { kind, name: rest.join(' ').replace(MEMBER, '') }
}

/** Whether the plugin of an owner, or the one that it is a member of, is configured. */
export function isCurrentOwner(owner: string, known: Known): boolean {
  const { kind, name } = ownerOf(owner)
  return isPluginKind(kind) && known[`${kind}s`].has(name)
}

/**
 * Values that plugins recorded in metrics of their own. No definitions are needed: each metric comes with its shape.
 * If two shapes of a metric differ, the later is kept: it is that of the running plugin.
 */
export class PluginTables {
  readonly #owners = new Map<string, Map<string, Recorded>>()

  get isEmpty(): boolean {
    return this.#owners.size === 0
  }

  /**
   * Adds what was recorded.
   *
   * @param folded called with recordings that were folded into `other`
   * @throws StateMismatch if the encoding is damaged; nothing is then added
   */
  merge(encoded: EncodedPlugins, folded?: (owner: string, recordings: number) => void): void {
    for (const [owner, name, metric, recorded] of this.#fitting(encoded)) {
      const metrics = ensure(this.#owners, owner, () => new Map<string, Recorded>())
      const before = metrics.get(name) === recorded ? recorded.numbers.folded : 0
      metrics.set(name, recorded)
      recorded.numbers.merge({ [name]: metric })
      const more = recorded.numbers.folded - before
      if (more > 0) folded?.(owner, more)
    }
  }

  /** The recorded shape of a metric of an instance; undefined if nothing was recorded. */
  shapeOf(owner: string, name: string): string | undefined {
    return this.#owners.get(owner)?.get(name)?.shape
  }

  /** The recorded values of a metric, if it has that shape. */
  recorded(owner: string, name: string, shape: string): RecordedMetrics<MetricDefinitions> | undefined {
    const recorded = this.#owners.get(owner)?.get(name)
    return recorded?.shape === shape ? recorded.numbers : undefined
  }

  /** Removes the recordings of plugins that are no longer configured. */
  retain(wanted: (owner: string) => boolean): void {
    for (const owner of this.#owners.keys()) if (!wanted(owner)) this.#owners.delete(owner)
  }

  reset(): void {
    this.#owners.clear()
  }

  encode(): EncodedPlugins {
    return Array.from(this.#owners, ([owner, metrics]): [string, EncodedPluginMetrics] => [
      owner,
      Object.assign({}, ...Array.from(metrics.values(), ({ numbers }) => numbers.encode())),
    ])
  }

  /**
   * Adds an encoding.
   *
   * @param leave called with each metric that is left out, because this program does not know its shape
   * @throws StateMismatch if it is damaged
   */
  decode(encoded: EncodedPlugins, leave: (what: string) => void): void {
    const known = encoded.map(([owner, metrics]) => {
      const kept = Object.entries(metrics).filter(([name, { shape }]) => {
        if (definitionOfShape(shape) !== null) return true
        leave(`the metric ${name} of ${owner}`)
        return false
      })
      return [owner, Object.fromEntries(kept)] as const
    })
    this.merge(known)
  }

  /** The metrics of an encoding, each with its destination. All are checked first. */
  #fitting(encoded: EncodedPlugins): [string, string, EncodedMetric, Recorded][] {
    // An instance may occur several times: each source creates its own instance of a format.
    const made = new Map<string, Recorded>()
    return encoded.flatMap(([owner, metrics]) =>
      Object.entries(metrics).map(([name, metric]): [string, string, EncodedMetric, Recorded] => {
        try {
          const key = labelKey(owner, name)
          const present = made.get(key) ?? this.#owners.get(owner)?.get(name)
          const recorded = present?.shape === metric.shape ? present : emptyOf(name, metric.shape)
          recorded.numbers.check({ [name]: metric })
          made.set(key, recorded)
          return [owner, name, metric, recorded]
        } catch (error) {
          throw new StateMismatch(`what ${owner} recorded cannot be read: ${(error as Error).message}`)
        }
      }),
    )
  }
}

function emptyOf(name: string, shape: string): Recorded {
  const definition = definitionOfShape(shape)
  if (definition === null)
    throw new TypeError(`metrics.${name}: expected the shape of a metric, got ${shape}`)
  return { shape, numbers: new RecordedMetrics<MetricDefinitions>({ [name]: definition }) }
}
