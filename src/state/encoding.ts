import { createHash } from 'node:crypto'
import { METRICS, type MetricDeclaration } from '../catalogue/metrics.ts'

/** Version of the encoding of a state. Another version is rejected. */
export const ENCODING_VERSION = 1

/** The parts of a metric's declaration on which its encoded series depend: the labels, and the buckets of a cell. */
export const signatureOf = ({ type, labels, buckets = [] }: MetricDeclaration): string =>
  `${type}|${labels.join(',')}|${buckets.join(',')}`

export const signatures: ReadonlyMap<string, string> = new Map(
  Object.entries(METRICS as Record<string, MetricDeclaration>).map(([name, declaration]) => [
    name,
    signatureOf(declaration),
  ]),
)

/** A hash of the metric catalogue. Encodings with the same hash need no check of each metric. */
export const CATALOGUE_HASH = createHash('sha256')
  .update(JSON.stringify([...signatures]))
  .digest('hex')
  .slice(0, 16)

/** An encoding of another version, or a damaged one. The message says which. */
export class StateMismatch extends Error {
  override name = 'StateMismatch'
}
