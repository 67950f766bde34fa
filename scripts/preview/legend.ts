/** A text with labels put in for `{{label}}`; nothing for a label that the series does not have. */
export const legendOf = (format: string, labels: Record<string, string>): string =>
  format.replace(/\{\{\s*([^{}]+?)\s*\}\}/g, (_, label) => labels[label] ?? '')

/** The name of a series without a legend of its own, as Prometheus writes it. */
export function metricName({ __name__ = '', ...labels }: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  return pairs.length === 0 ? __name__ || 'Value' : `${__name__}{${pairs.join(', ')}}`
}
