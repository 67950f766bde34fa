import { z } from 'mood-exporter/plugin'

/** The option `html`. */
export const htmlOption = () =>
  z.boolean().default(false).describe('Whether texts are HTML: tags are taken off, and entities decoded.')

/** Gives the text of a post, from HTML where that is what it is. The parser is loaded only then. */
export async function textReader(isHtml: boolean): Promise<(text: string) => string> {
  return isHtml ? (await import('./html.ts')).textOfHtml : asItIs
}

const asItIs = (text: string) => text
