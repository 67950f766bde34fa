import { Parser } from 'htmlparser2'
import { InvalidRecord, shown } from 'mood-exporter/plugin'

/** Entry elements of feeds: RSS and RDF, Atom. */
const ITEMS = new Set(['item', 'entry'])

/** The texts of an entry's elements, by name with the prefix as written; if several have a name, the first. */
export type XmlItem = ReadonlyMap<string, string>

/**
 * The entries of a feed, with all of their elements from any namespace. Entities that the document itself declares
 * are not expanded.
 *
 * @throws InvalidRecord if the document is not XML, or is truncated
 */
export function xmlItems(document: string): XmlItem[] {
  const reader = new ItemReader()
  const parser = new Parser(reader, { xmlMode: true, decodeEntities: true })
  parser.write(document)
  const isWhole = reader.isClosed
  parser.end()
  if (!isWhole) throw new InvalidRecord(`expected a whole feed, got ${shown(document)}`)
  return reader.items
}

class ItemReader {
  readonly items: XmlItem[] = []
  #open: string[] = []
  #item: Map<string, string> | null = null
  #depth = 0
  #text = ''
  #hasRoot = false

  /** Whether there is a root element, and all elements so far are closed. */
  get isClosed(): boolean {
    return this.#hasRoot && this.#open.length === 0
  }

  onopentagname(name: string): void {
    this.#hasRoot = true
    this.#open.push(name)
    if (this.#item === null && ITEMS.has(name)) {
      this.#item = new Map()
      this.#depth = this.#open.length
    }
    this.#text = ''
  }

  ontext(text: string): void {
    this.#text += text
  }

  onclosetag(name: string): void {
    if (this.#item && this.#open.length === this.#depth + 1 && !this.#item.has(name))
      this.#item.set(name, this.#text.trim())
    if (this.#item && this.#open.length === this.#depth) {
      this.items.push(this.#item)
      this.#item = null
    }
    this.#open.pop()
    this.#text = ''
  }
}
