import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { type Fault, hintAtNothing, structuralFaults, syntaxFault } from './document-faults.ts'
import { type Path, quote } from './problem.ts'

export interface Place {
  /** Both counted from 1. */
  line: number
  column: number
}

/** A YAML file as plain values, with the place of each. */
export interface ConfigDocument {
  /** Undefined if the file is too broken to be read any further; `problems` says why. */
  value: unknown
  problems: (Place & { message: string })[]
  /**
   * The place of the key of a value, or of its nearest existing parent.
   * @param lineOfText counted from 1: returns the place of this line of a text instead, if it is a block that keeps
   *   its lines
   */
  placeOf(path: Path, lineOfText?: number): Place
  /** A hint what to write if a value is empty because of missing quotes; empty otherwise. */
  hintAt(path: Path): string
  /** Whether the value is a text in quotes or in a block, so that its type is certain. */
  isQuoted(path: Path): boolean
}

/**
 * The maximum of nodes to which all aliases together may expand: enough for a configuration, too few for a "billion
 * laughs".
 */
const MAX_ALIASED = 1000

/** Reads YAML 1.2. */
export function readDocument(text: string): ConfigDocument {
  const lines = new LineCounter()
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line, column: col }
  }
  const placed = (faults: Fault[]) => faults.map(({ offset, message }) => ({ ...placeAt(offset), message }))
  const unsound = (faults: Fault[]): ConfigDocument => ({
    value: undefined,
    problems: placed(faults),
    placeOf: () => placeAt(0),
    hintAt: () => '',
    isQuoted: () => false,
  })

  const document = parseDocument(text, {
    version: '1.2',
    prettyErrors: false,
    lineCounter: lines,
    logLevel: 'error',
  })
  const syntax = syntaxFault(document, text)
  if (syntax) return unsound([syntax])
  const faults = structuralFaults(document)
  if (faults.length > 0) return unsound(faults)

  try {
    return {
      value: document.toJS({ maxAliasCount: MAX_ALIASED }),
      problems: placed(repeatedKeys(document, text)),
      placeOf(path, lineOfText) {
        const { node, offset } = find(document, path)
        if (lineOfText === undefined || !isScalar(node) || node.type !== 'BLOCK_LITERAL' || !node.range)
          return placeAt(offset)
        return { line: placeAt(node.range[0]).line + lineOfText, column: 1 }
      },
      hintAt(path) {
        const { node } = find(document, path)
        if (!isScalar(node) || node.value !== null || !node.range) return ''
        // The anchor of an empty value is a text that begins with "&".
        return hintAtNothing(text, node.range[0] - (node.anchor === undefined ? 0 : node.anchor.length + 1))
      },
      isQuoted(path) {
        const { node } = find(document, path)
        return isScalar(node) && node.type !== 'PLAIN'
      },
    }
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error
    return unsound([{ offset: 0, message: 'its aliases expand to too many values' }])
  }
}

function repeatedKeys({ errors }: Document.Parsed, text: string): Fault[] {
  return errors
    .filter(({ code }) => code === 'DUPLICATE_KEY')
    .map(({ pos: [offset] }) => {
      const key = /^(?:"[^"\n]{0,80}"|'[^'\n]{0,80}'|[^:\n]{0,80})/.exec(
        text.slice(offset, offset + 100),
      )?.[0]
      const name = key?.trim().replace(/^(["'])(.*)\1$/, '$2') ?? ''
      return { offset, message: `duplicate key ${quote(name)}` }
    })
}

/** The node at a path, and the offset of its key or list item, or of the nearest existing parent. */
function find(document: Document.Parsed, path: Path): { offset: number; node: unknown } {
  let node: unknown = document.contents
  let offset = offsetOf(node) ?? 0
  for (const key of path) {
    const parent = isAlias(node) ? node.resolve(document) : node
    node = undefined
    if (isMap(parent)) {
      const pair = parent.items.find(
        ({ key: name }) => isScalar(name) && String(name.value ?? '') === String(key),
      )
      offset = offsetOf(pair?.key) ?? offset
      node = pair?.value
    } else if (isSeq(parent) && typeof key === 'number') {
      node = parent.items[key]
      offset = offsetOf(node) ?? offset
    }
    if (!node) break
  }
  return { offset, node }
}

const offsetOf = (node: unknown): number | undefined => (node as Node | null | undefined)?.range?.[0]
