/** A block of code with the name that a comment before it gives: `<!-- mood.yml -->`. */
export interface NamedBlock {
  name: string
  text: string
}

/** The code blocks of a document that have names. */
export const namedBlocks = (markdown: string): NamedBlock[] =>
  [...markdown.matchAll(/^<!-- ([\w.-]+\.\w+) -->\n+```\w*\n(.*?)^```$/gms)].map(([, name, text]) => ({
    name: name as string,
    text: text as string,
  }))

/** Where links and images of a document lead, but for those in its code. */
export function linksOf(markdown: string): string[] {
  const prose = markdown.replace(/^```.*?^```$/gms, '').replace(/`[^`\n]*`/g, '')
  return [...prose.matchAll(/\]\(\s*([^)\s]+)\s*\)/g)].map(([, target]) => target as string)
}

/** The anchors of a document's headings, as GitHub makes them. */
export const anchorsOf = (markdown: string): string[] =>
  [...markdown.replace(/^```.*?^```$/gms, '').matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    (title as string)
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
