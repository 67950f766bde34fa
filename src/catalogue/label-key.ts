/** Separates label values in a key. No name or label value contains it: those are validated, or from a fixed set. */
const SEPARATOR = '\u001f'

/** The key of a series within its metric: its label values, in the order of the metric's declaration. */
export const labelKey = (...values: readonly string[]): string => values.join(SEPARATOR)

/** The label values that a key was made of. */
export const labelValues = (key: string): string[] => key.split(SEPARATOR)
