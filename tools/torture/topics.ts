/** Topics by name, with the words that a post about them contains. */
export const TOPICS = {
  galaxy: ['galaxy', '갤럭시'],
  nova: ['nova', '노바'],
  saturn: ['saturn', '토성'],
  // Passing topics, which reloads add and remove.
  comet: ['comet', '혜성'],
  quasar: ['quasar', '퀘이사'],
} as const satisfies Record<string, readonly [latin: string, hangul: string]>

export type Topic = keyof typeof TOPICS

/** Topics that are always configured. */
export const LASTING: readonly Topic[] = ['galaxy', 'nova', 'saturn']

/** Topics that reloads add and remove. */
export const PASSING: readonly Topic[] = ['comet', 'quasar']

/** Passing topics that are configured at the start. */
export const PASSING_AT_START: readonly Topic[] = ['comet']
