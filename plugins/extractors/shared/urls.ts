/** What a URL may go on with: what twitter-text takes in paths and queries. It ends before Korean or Japanese words. */
const CHARACTER = String.raw`[\w!*';:=+,.$/%#[\]\-–~@|&?À-ɏЀ-ӿ]`

/** A URL with its scheme, or a domain with a path or query. Each is tried once from where it may start. */
const URLS = new RegExp(
  String.raw`(?<![\wÀ-ɏ@＠$#＃.\-])(?:[hH][tT][tT][pP][sS]?:\/\/(?=[\wÀ-ɏ])|(?:[a-zA-Z\dÀ-ɏ][\wÀ-ɏ-]*\.)+[a-zA-Z]{2,}(?::\d+)?[/?])(?:${CHARACTER}|\(${CHARACTER}*\))*`,
  'g',
)

/** Tells of places in a text, asked for in ascending order, whether they lie in a URL. Linear in the text. */
export function urlsOf(text: string): (index: number) => boolean {
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
