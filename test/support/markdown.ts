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

/** A block of code: its language, and the name or mark of the comment before it. */
export interface CodeBlock {
  language: string
  mark: string | undefined
  text: string
}

/** All code blocks of a document. */
export const codeBlocks = (markdown: string): CodeBlock[] =>
  [...markdown.matchAll(/^(?:<!-- ([^\n]+) -->\n+)?```(\w*)\n(.*?)^```$/gms)].map(
    ([, mark, language, text]) => ({ language: language as string, mark, text: text as string }),
  )

/** The code in the prose of a document: `limits.workers`. */
export const inlineCode = (markdown: string): string[] =>
  [...markdown.replace(/^```.*?^```$/gms, '').matchAll(/`([^`\n]+)`/g)].map(([, code]) => code as string)
