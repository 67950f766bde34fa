import { type Document, isScalar, type Node, visit } from 'yaml'
import { quote } from './problem.ts'

/** A problem in a YAML file, and its offset in characters. */
export interface Fault {
  offset: number
  message: string
}

/** The first syntax error. Later ones are mostly its consequences. */
export function syntaxFault(document: Document.Parsed, text: string): Fault | undefined {
  const { explicit, version } = document.directives.yaml
  if (explicit && version !== '1.2') return { offset: 0, message: `expected YAML 1.2, got ${version}` }
  const error = document.errors.find(({ code }) => code !== 'DUPLICATE_KEY')
  if (!error) return undefined
  const { code, message, pos } = error
  const offset = pos[0]
  if (code === 'MULTIPLE_DOCS') return { offset, message: 'expected one YAML document, got several' }
  // The parser is recursive: some thousands of brackets exhaust its stack.
  if (message.includes('call stack')) return { offset, message: TOO_DEEP }
  const hint = hintAtSyntaxError(text, offset)
  return { offset, message: `is not valid YAML: ${message}${hint && `; ${hint}`}` }
}

/** Tags that repeat the type that YAML detects anyway. */
const TAGS = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|map|seq)$/

const DEEPEST = 100
const TOO_DEEP = 'is nested too deeply'

/** What YAML allows but a configuration must not contain: tags, keys other than plain text, circular aliases. */
export function structuralFaults(document: Document.Parsed): Fault[] {
  const faults: Fault[] = []
  const refuse = (node: unknown, message: string) =>
    faults.push({ offset: (node as Node | null)?.range?.[0] ?? 0, message })

  visit(document, {
    Node(_, node, ancestors) {
      if (node.tag && !TAGS.test(node.tag))
        refuse(
          node,
          `expected a value without a tag, got ${quote(node.tag)}; put a text that begins with "!" in quotes`,
        )
      if (ancestors.length <= DEEPEST) return undefined
      refuse(node, TOO_DEEP)
      return visit.BREAK
    },
    Pair(_, { key }) {
      if (!isScalar(key)) refuse(key, 'expected a plain key')
      else if (key.value === '__proto__') refuse(key, 'unknown key "__proto__"')
    },
    Alias(_, alias, ancestors) {
      const target = alias.resolve(document)
      if (!target)
        refuse(
          alias,
          `there is no anchor "&${alias.source}" before this alias; put a text that begins with "*" in quotes`,
        )
      else if (ancestors.includes(target)) refuse(alias, `the alias "*${alias.source}" contains itself`)
    },
  })
  return faults
}

/** A word after a character with a meaning in YAML, so that YAML does not read it as text. */
const SIGN_AND_WORD = /^([#@`%*&!|>?-])([\p{L}\p{N}_][^\s,[\]{}]*)/u

/** How much of a line is read. */
const LONGEST = 400

const needsQuotes = (sign: string, word: string) =>
  `a text that begins with ${quote(sign)} needs quotes: ${quote(sign + word)}`

/**
 * A hint for a value that is empty in YAML because a hashtag or similar is not in quotes; empty if that is not the
 * cause.
 */
export function hintAtNothing(text: string, offset: number): string {
  // YAML may report a place before the white space, and a list of hashtags may begin on the next line.
  const rest = text.slice(offset, offset + LONGEST).replace(/^[ \t]*(?:\r?\n[ \t]+)?/, '')
  return hintAtSign(rest)
}

/** A hint for a syntax error, if texts without quotes are the likely cause; empty otherwise. */
function hintAtSyntaxError(text: string, offset: number): string {
  const before = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset)
  if (before.endsWith('$')) return `inside { } or [ ], put "\${NAME}" in quotes`
  if (before.endsWith("'")) return "within '…' write '' for an apostrophe"
  if (before.endsWith('"')) return 'within "…" write \\" for a quote'
  return hintAtSign(text.slice(offset, offset + LONGEST)) || hintAtComment(text.slice(0, offset))
}

/** A hint for a value that begins with a YAML indicator and a word; empty if it does not. */
function hintAtSign(text: string): string {
  const [, sign, word] = SIGN_AND_WORD.exec(text) ?? []
  return sign !== undefined && word !== undefined ? needsQuotes(sign, word) : ''
}

/** A hashtag within brackets turns the rest of the line into a comment, including the closing bracket. */
function hintAtComment(before: string): string {
  const lines = before.slice(-LONGEST).split('\n')
  for (const line of lines.reverse()) {
    const [, word] = /[[{][^\]}]*?[\s,]#([\p{L}\p{N}_][^\s,[\]{}]*)/u.exec(line) ?? []
    if (word !== undefined) return needsQuotes('#', word)
  }
  return ''
}
