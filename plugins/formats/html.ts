import { Parser } from 'htmlparser2'

/** Tags that begin and end a line. */
const BLOCKS = new Set(
  'address article aside blockquote br dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody td th thead tr ul'.split(
    ' ',
  ),
)

/** Elements whose content is not visible text. */
const HIDDEN = new Set(['script', 'style', 'template', 'title', 'noscript'])

/** A "<" that does not begin a tag, comment or declaration. HTML would treat "</3" as a comment. */
const NO_TAG = /<(?!\/?[a-zA-Z]|[!?])/g

/**
 * The visible text of HTML: without tags, with decoded entities, each block on its own line. An image is its
 * alternative text, as emoji often are images. A "<" that does not begin a tag is text.
 */
export function textOfHtml(html: string): string {
  if (!html.includes('<') && !html.includes('&')) return html
  const reader = new TextReader()
  const parser = new Parser(reader, { lowerCaseTags: true, decodeEntities: true })
  // After the last ">" no tag ends.
  const end = html.lastIndexOf('>') + 1
  parser.write(html.slice(0, end).replace(NO_TAG, '&lt;'))
  parser.end(html.slice(end).replaceAll('<', '&lt;'))
  return reader.text
    .replace(/ {2,}/g, ' ')
    .replace(/ ?\n\s*/g, '\n')
    .trim()
}

/** Collects the parsed text. Any run of white space is one space. */
class TextReader {
  text = ''
  /** How many elements without visible text are open. */
  #hidden = 0

  ontext(text: string): void {
    if (this.#hidden === 0) this.text += text.replace(/\s+/g, ' ')
  }

  onopentag(name: string, { alt }: Record<string, string>): void {
    if (HIDDEN.has(name)) this.#hidden++
    else if (BLOCKS.has(name)) this.text += '\n'
    else if (name === 'img' && alt !== undefined && this.#hidden === 0) this.text += alt
  }

  onclosetag(name: string): void {
    if (HIDDEN.has(name)) this.#hidden--
    else if (BLOCKS.has(name)) this.text += '\n'
  }
}
