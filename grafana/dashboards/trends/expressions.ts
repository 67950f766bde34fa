/** The selected exporters. */
const EXPORTERS = 'job=~"$job", instance=~"$instance"'

/** The selected ranking, of those exporters. */
export const CHOSEN = `${EXPORTERS}, source="$source"`

/** The same in the selected window. */
export const IN_WINDOW = `${CHOSEN}, window="$window"`

/** Ranks of the terms of the current list. */
export const rank = `max by (term) (mood_ranking_rank{${CHOSEN}})`

/** The share of the lists of the window that hold each term. */
export const share = `max by (term) (mood_ranking_share_ratio{${IN_WINDOW}})`

export const meanRank = `max by (term) (mood_ranking_mean_rank{${IN_WINDOW}})`

/** How long each term of the current list has been listed. */
export const age = `time() - max by (term) (mood_ranking_first_seen_timestamp_seconds{${CHOSEN}})`

const inTermWindow = `${EXPORTERS}, extractor="trends", window="$term_window"`

/** Posts that mention each term of a ranking. */
export const mentions = `sum by (term) (mood_top_term_posts{${inTermWindow}})`

/** The mean score of those posts. Several topics and exporters are weighted by their posts with a score. */
export const mood = `sum by (term) (mood_top_term_score{${inTermWindow}} * mood_top_term_scored_posts{${inTermWindow}})
  / sum by (term) (mood_top_term_scored_posts{${inTermWindow}})`
