import { createHash } from 'node:crypto'
import { METRICS, type MetricDeclaration } from '../catalogue/metrics.ts'

/** Version of the encoding of a state. One with another version is refused. */
export const ENCODING_VERSION = 1

/** What of a metric's declaration its encoded series depend on: the labels of a key, and the buckets of a cell. */
export const signatureOf = ({ type, labels, buckets = [] }: MetricDeclaration): string =>
  `${type}|${labels.join(',')}|${buckets.join(',')}`

export const signatures: ReadonlyMap<string, string> = new Map(
  Object.entries(METRICS as Record<string, MetricDeclaration>).map(([name, declaration]) => [
    name,
    signatureOf(declaration),
  ]),
)

/** A hash of the metric catalogue: encodings with the same one can be read without looking at each metric. */
export const CATALOGUE_HASH = createHash('sha256')
  .update(JSON.stringify([...signatures]))
  .digest('hex')
  .slice(0, 16)

/** An encoding that does not fit: of another version, or damaged. The message says what does not fit. */
export class StateMismatch extends Error {
  override name = 'StateMismatch'
}
