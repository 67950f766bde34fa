/** The selected exporters. */
const EXPORTERS = 'job=~"$job", instance=~"$instance"'

/** Posts on the selected topics, by the selected scorer. */
export const CHOSEN = `${EXPORTERS}, topic=~"$topic", scorer="$scorer"`

/** The same for recorded series, which combine all exporters of a job. */
export const CHOSEN_RECORDED = 'job=~"$job", topic=~"$topic", scorer="$scorer"'

/** The same for the selected sources. Windows and top terms combine all sources, so they have no such label. */
export const CHOSEN_BY_SOURCE = `source=~"$source", ${CHOSEN}`

const inWindow = `${CHOSEN}, window="$window"`

/** Posts of the last complete window that have a score. */
const scored = `mood_window_posts{${inWindow}, sentiment!="unknown"}`

/**
 * The mean score of the last complete window. Over several topics, or exporters that share a stream, means are weighted
 * by their posts.
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
