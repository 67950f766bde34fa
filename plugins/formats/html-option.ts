import { z } from 'mood-exporter/plugin'

/** The option `html`. */
export const htmlOption = () =>
  z.boolean().default(false).describe('Whether texts are HTML: tags are taken off, and entities decoded.')

/**
 * Returns a function for the text of a post, which converts HTML if that is configured. The parser is loaded only
 * then.
 */
export async function textReader(isHtml: boolean): Promise<(text: string) => string> {
  return isHtml ? (await import('./html.ts')).textOfHtml : asItIs
}

const asItIs = (text: string) => text
