import { z } from 'mood-exporter/plugin'
import { characterOf } from './html-entities.ts'

/** The option `html`. */
export const htmlOption = () =>
  z.boolean().default(false).describe('Whether texts are HTML: tags are taken off, and entities decoded.')

/** Gives the text of a post, from HTML where that is what it is. */
export const textReader = (isHtml: boolean): ((text: string) => string) => (isHtml ? textOfHtml : asItIs)

const asItIs = (text: string) => text

/** Tags before and after which a new line begins. */
const BLOCKS = new Set(
  'address article aside blockquote br dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody td th thead tr ul'.split(
    ' ',
  ),
)

/** Elements whose content is no text. */
const HIDDEN = new Set(['script', 'style', 'template', 'title', 'noscript'])

const ENTITY =
  /&(?:#(?:[xX]([0-9a-fA-F]{1,6})|(\d{1,7}));?|([a-zA-Z][a-zA-Z0-9]{1,31});|(amp|lt|gt|quot)(?![a-zA-Z0-9]))/g
const NAME = /\/?([a-zA-Z][a-zA-Z0-9]*)/y
const ALT = /\salt\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i

/**
 * What a reader sees of HTML: its text without tags, entities decoded, each block on a line of its own. An image is its
 * alternative text, as emoji often are images. A "<" that begins no tag is text. One pass over the text.
 */
export function textOfHtml(html: string): string {
  if (!html.includes('<') && !html.includes('&')) return html
  const lastTagEnd = html.lastIndexOf('>')
  const unclosed = new Set<string>()
  let text = ''
  let from = 0
  for (let at = html.indexOf('<'); at >= 0 && at < lastTagEnd; at = html.indexOf('<', at)) {
    const tag = tagAt(html, at, unclosed)
    if (tag === undefined) {
      at++
      continue
    }
    text += visible(html.slice(from, at)) + tag.text
    from = tag.end
    at = tag.end
  }
  return (text + visible(html.slice(from)))
    .replace(/ {2,}/g, ' ')
    .replace(/ ?\n\s*/g, '\n')
    .trim()
}

/** A text between tags, where white space of any kind and length is one space. */
const visible = (text: string) => decodeEntities(text.replace(/\s+/g, ' ')).replaceAll('\u00a0', ' ')

export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(ENTITY, (entity, hex?: string, decimal?: string, name?: string, bare?: string) => {
    if (hex !== undefined) return characterOf(Number.parseInt(hex, 16))
    if (decimal !== undefined) return characterOf(Number(decimal))
    return characterOf((name ?? bare) as string) || entity
  })
}

/**
 * The tag that begins at an index: what stands for it, and where it ends; undefined where none does.
 *
 * @param unclosed elements that are known not to be closed any more; is added to
 */
function tagAt(html: string, at: number, unclosed: Set<string>): { text: string; end: number } | undefined {
  if (html.startsWith('<!--', at)) return { text: '', end: endAfter(html, '-->', at + 4) }
  if (html[at + 1] === '!' || html[at + 1] === '?') return { text: '', end: endAfter(html, '>', at) }
  NAME.lastIndex = at + 1
  const [tag = '', name = ''] = NAME.exec(html) ?? []
  if (tag === '') return undefined
  const element = name.toLowerCase()
  const end = endOfTag(html, NAME.lastIndex)
  if (element === 'img') return { text: altOf(html.slice(at, end)), end }
  if (HIDDEN.has(element) && !tag.startsWith('/') && !unclosed.has(element)) {
    const close = html.toLowerCase().indexOf(`</${element}`, end)
    if (close >= 0) return { text: '', end: endAfter(html, '>', close) }
    unclosed.add(element)
  }
  return { text: BLOCKS.has(element) ? '\n' : '', end }
}

function endAfter(html: string, mark: string, from: number): number {
  const at = html.indexOf(mark, from)
  return at < 0 ? html.length : at + mark.length
}

/** The index after the ">" that ends a tag, which may also stand within the quotes of an attribute. */
function endOfTag(html: string, from: number): number {
  for (let at = from; at < html.length; at++) {
    const character = html[at]
    if (character === '>') return at + 1
    if ((character === '"' || character === "'") && html[at - 1] === '=') {
      const close = html.indexOf(character, at + 1)
      if (close < 0) return endAfter(html, '>', at)
      at = close
    }
  }
  return html.length
}

function altOf(tag: string): string {
  const [, double, single, bare] = ALT.exec(tag) ?? []
  return decodeEntities(double ?? single ?? bare ?? '')
}
