/** Defaults of the alerts. */

/** For the alert that is on by default: a rise of the share of negative posts. */
export const SPIKE_VALUES = { z: 4.6, min_posts: 20, min_rise: 0.08, min_usual_posts: 200 } as const

/** For the alerts that are off by default. */
export const FURTHER_VALUES = {
  joy: { z: 4.6, min_rise: 0.08 },
  surge: { z: 3, min_ratio: 2, min_peak_ratio: 1.5 },
  silence: { z: 5, max_ratio: 0.1 },
} as const
