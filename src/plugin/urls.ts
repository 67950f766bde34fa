/**
 * Characters within a URL: those that twitter-text accepts in paths and queries. A URL ends before Korean or Japanese
 * words.
 */
const CHARACTER = String.raw`[\w!*';:=+,.$/%#[\]\-–~@|&?À-ɏЀ-ӿ]`

/** A URL with a scheme, or a domain with a path or query. Each possible start is tried once. */
const URLS = new RegExp(
  String.raw`(?<![\wÀ-ɏ@＠$#＃.\-])(?:[hH][tT][tT][pP][sS]?:\/\/(?=[\wÀ-ɏ])|(?:[a-zA-Z\dÀ-ɏ][\wÀ-ɏ-]*\.)+[a-zA-Z]{2,}(?::\d+)?[/?])(?:${CHARACTER}|\(${CHARACTER}*\))*`,
  'g',
)

/**
 * Returns a function that says whether an index of a text, in UTF-16 units, is within a URL, where a `#` or an `@`
 * begins no term. Indexes must be passed in ascending order. All calls together take time linear in the text.
 */
export function withinUrl(text: string): (index: number) => boolean {
  let start = 0
  let end = 0
  return index => {
    while (end <= index) {
      URLS.lastIndex = end
      const url = URLS.exec(text)
      start = url ? url.index : Number.POSITIVE_INFINITY
      end = url ? URLS.lastIndex : Number.POSITIVE_INFINITY
    }
    return index >= start
  }
}
