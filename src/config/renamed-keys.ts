/** Keys of `mood.yml` that were renamed: their path, and the last part of the new one. */
const RENAMED_KEYS: ReadonlyMap<string, string> = new Map([['limits.panes', 'slices']])

/** The new name of a key that was renamed; undefined if it was not. */
export const newNameOf = (path: readonly (string | number)[]): string | undefined =>
  RENAMED_KEYS.get(path.join('.'))
