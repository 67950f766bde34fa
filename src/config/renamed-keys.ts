/** Renamed keys of `mood.yml`: the old path, and the last part of the new one. */
const RENAMED_KEYS: ReadonlyMap<string, string> = new Map([['limits.panes', 'slices']])

/** The new name of a renamed key; undefined if it was not renamed. */
export const newNameOf = (path: readonly (string | number)[]): string | undefined =>
  RENAMED_KEYS.get(path.join('.'))
