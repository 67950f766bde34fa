/** What was thrown, as text: plugins may throw anything, and what cannot be told must not cost more than the telling. */
export function messageOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown)
  } catch {
    return 'something that cannot be shown as text'
  }
}
