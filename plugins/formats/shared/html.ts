import { Parser } from 'htmlparser2'

/** Tags before and after which a new line begins. */
const BLOCKS = new Set(
  'address article aside blockquote br dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody td th thead tr ul'.split(
    ' ',
  ),
)

/** Elements whose content is no text. */
const HIDDEN = new Set(['script', 'style', 'template', 'title', 'noscript'])

/** A "<" that begins no tag, comment or declaration. HTML would take "</3" for a comment. */
const NO_TAG = /<(?!\/?[a-zA-Z]|[!?])/g

/**
 * What a reader sees of HTML: its text without tags, entities decoded, each block on a line of its own. An image is its
 * alternative text, as emoji often are images. A "<" that begins no tag is text, as people type it.
 */
export function textOfHtml(html: string): string {
  if (!html.includes('<') && !html.includes('&')) return html
  const reader = new TextReader()
  const parser = new Parser(reader, { lowerCaseTags: true, decodeEntities: true })
  // Behind the last ">" no tag ends.
  const end = html.lastIndexOf('>') + 1
  parser.write(html.slice(0, end).replace(NO_TAG, '&lt;'))
  parser.end(html.slice(end).replaceAll('<', '&lt;'))
  return reader.text
    .replace(/ {2,}/g, ' ')
    .replace(/ ?\n\s*/g, '\n')
    .trim()
}

/** Collects the text of what is parsed. White space of any kind and length is one space. */
class TextReader {
  text = ''
  /** How many elements are open whose content is no text. */
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
