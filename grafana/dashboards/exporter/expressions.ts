import { WANTED_DROPS } from '../../../src/catalogue/drop-reasons.ts'

/** The exporters that are chosen above the dashboard. */
export const CHOSEN = 'job=~"$job", instance=~"$instance"'

/** Those of their series that belong to the chosen sources. */
export const CHOSEN_SOURCES = `${CHOSEN}, source=~"$source"`

/** How fast a counter grows, in its unit a second. */
export const rate = (counter: string, by: string, chosen = CHOSEN_SOURCES) =>
  `sum by (${by}) (rate(${counter}{${chosen}}[$__rate_interval]))`

const WANTED = WANTED_DROPS.join('|')

/** Reasons for which a record is lost that should not have been; off-topic posts and keep-alives are no loss. */
export const LOSSES = `reason!~"${WANTED}"`

/** The other reasons. */
export const LEFT_OUT = `reason=~"${WANTED}"`

/** The delay that a part of the posts stays below: 0.95 for all but one in twenty. */
export const delay = (quantile: number) =>
  `histogram_quantile(${quantile}, ${rate('mood_post_delay_seconds_bucket', 'le, source')})`
