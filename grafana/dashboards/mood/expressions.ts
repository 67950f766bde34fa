/** Exporters that are chosen above the dashboard. */
const EXPORTERS = 'job=~"$job", instance=~"$instance"'

/** Posts that the choices above the dashboard leave: of those topics, as one scorer sees them. */
export const CHOSEN = `${EXPORTERS}, topic=~"$topic", scorer="$scorer"`

/** The same of what rules record, which is of all exporters of a job together. */
export const CHOSEN_RECORDED = 'job=~"$job", topic=~"$topic", scorer="$scorer"'

/** The same by source; event-time windows and top terms are made of all sources together, so they cannot be. */
export const CHOSEN_BY_SOURCE = `source=~"$source", ${CHOSEN}`

const inWindow = `${CHOSEN}, window="$window"`

/** Posts of the last complete window that have a score. */
const scored = `mood_window_posts{${inWindow}, sentiment!="unknown"}`

/**
 * The mean score of the last complete window. Means are weighted by their posts: those of two topics, or of two
 * exporters that share a stream, are not simply averaged.
 */
export const meanScore = (by = '') => {
  const weighted = `mood_window_score{${inWindow}} * on (job, instance, topic) sum by (job, instance, topic) (${scored})`
  return by === ''
    ? `sum(${weighted}) / sum(${scored})`
    : `sum by (${by}) (${weighted}) / sum by (${by}) (${scored})`
}

/** The share of negative posts among those that have a score, in the last complete window. */
export const negativeShare = `sum(mood_window_posts{${inWindow}, sentiment="negative"}) / sum(${scored})`

/** Posts by sentiment of the last complete window of that size. */
export const windowPosts = (window: string) =>
  `sum by (sentiment) (mood_window_posts{${CHOSEN}, window="${window}"})`

/** Posts of the K most used terms. */
export const topTerms = (k: number) => `topk(${k}, sum by (term) (mood_top_term_posts{${inTermWindow}}))`

const inTermWindow = `${EXPORTERS}, extractor="$extractor", topic=~"$topic", window="$term_window"`

/** The mean score of the posts with each term, weighted by those of them that have a score. */
export const termScores = `sum by (term) (mood_top_term_score{${inTermWindow}} * mood_top_term_scored_posts{${inTermWindow}})
  / sum by (term) (mood_top_term_scored_posts{${inTermWindow}})`
