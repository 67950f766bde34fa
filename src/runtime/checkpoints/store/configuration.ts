import type { Known } from '../../../catalogue/series.ts'
import type { StateShape } from '../../../state/shape.ts'

/** What of a configuration the stored state depends on. */
export interface StoredConfiguration {
  readonly shape: StateShape
  readonly known: Known
  /** Bytes of the table of seen ids; 0 where no source is de-duplicated. */
  readonly idsBytes: number
  /** Names under which plugins keep values in the store; those of others are deleted. */
  readonly plugins: ReadonlySet<string>
}

/** As JSON in which the order of names makes no difference: equal where the configurations are. */
export const encodeConfiguration = (configuration: StoredConfiguration): string =>
  JSON.stringify(configuration, (_, value) => {
    if (value instanceof Set) return { set: [...value].sort() }
    if (value instanceof Map) return { map: [...value].sort() }
    return value
  })

export const decodeConfiguration = (encoded: string): StoredConfiguration =>
  JSON.parse(encoded, (_, value) => {
    if (Array.isArray(value?.set)) return new Set(value.set)
    if (Array.isArray(value?.map)) return new Map(value.map)
    return value
  })
