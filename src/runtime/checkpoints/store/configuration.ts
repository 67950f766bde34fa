import type { Known } from '../../../catalogue/series.ts'
import type { StateShape } from '../../../state/shape.ts'

/** The part of a configuration on which the stored state depends. */
export interface StoredConfiguration {
  readonly shape: StateShape
  readonly known: Known
  /** Bytes of the table of seen ids; 0 if no source is de-duplicated. */
  readonly idsBytes: number
  /** Owners of values in the store; those of others are deleted. */
  readonly plugins: ReadonlySet<string>
}

/** JSON that does not depend on the order of names: equal if the configurations are. */
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
