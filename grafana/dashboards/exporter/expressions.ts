import { WANTED_DROPS } from '../../../src/catalogue/drop-reasons.ts'

/** The selected exporters. */
export const CHOSEN = 'job=~"$job", instance=~"$instance"'

/** The selected sources of those exporters. */
export const CHOSEN_SOURCES = `${CHOSEN}, source=~"$source"`

/** The increase of a counter a second. */
export const rate = (counter: string, by: string, chosen = CHOSEN_SOURCES) =>
  `sum by (${by}) (rate(${counter}{${chosen}}[$__rate_interval]))`

const WANTED = WANTED_DROPS.join('|')

/** Reasons that mean a loss: not off-topic posts and keep-alives, for example. */
export const LOSSES = `reason!~"${WANTED}"`

/** The other reasons: records that should not be scored. */
export const LEFT_OUT = `reason=~"${WANTED}"`

/** A quantile of the delay by source: 0.95 is the 95th percentile. */
export const delay = (quantile: number) =>
  `histogram_quantile(${quantile}, ${rate('mood_post_delay_seconds_bucket', 'le, source')})`
