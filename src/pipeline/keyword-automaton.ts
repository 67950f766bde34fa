import { SAME_UNITS } from './normalise.ts'
import { SEPARATORS } from './separators.ts'

interface Node {
  /** By unit class. */
  readonly children: Map<number, Node>
  /** The index of the keyword that ends here, or NONE. */
  keyword: number
  state: number
}

const ROOT = 0
const NONE = -1

const SPACE = 0x20

/** The size of the transition table in cells: 4 MiB, which fits a processor's caches. */
const TABLE_CELLS = 2 ** 20

/**
 * Finds all of many keywords in one pass over a text: the automaton of Aho and Corasick ("Efficient string matching: an
 * aid to bibliographic search", CACM 18(6), 1975) over UTF-16 units. ASCII letters match in either case, each of the
 * units in `SAME_UNITS` matches the others, and a space in a keyword matches any run of separators.
 *
 * States are numbered by their depth. The shallow ones, where a scan spends its time, have their transitions in a
 * table; the others follow child and failure links, so that memory grows only with the keywords. This is our own code
 * because every post passes through it: libraries look up a Map for each unit and make an object for each occurrence,
 * at several times the cost.
 */
export class KeywordAutomaton {
  /** Units that the keywords use, numbered from 1; 0 is any other. */
  readonly #classOf = new Uint16Array(0x10000)
  readonly #classes: number
  /** States below this one have a row in the table, at `state * classes`. */
  readonly #tabulated: number
  /** By row and unit class: the next row, or `~state` for a state that ends a keyword or has no row. */
  readonly #table: Int32Array

  readonly #firstChild: Int32Array
  readonly #nextSibling: Int32Array
  /** The unit class that leads to a state from its parent. */
  readonly #label: Int32Array
  /** The failure link: the state of the longest proper suffix. */
  readonly #fail: Int32Array
  /** The keyword that ends in a state, or NONE. */
  readonly #keyword: Int32Array
  /** The first state along the failure links, itself included, in which a keyword ends; ROOT if there is none. */
  readonly #ending: Int32Array

  /** @param keywords distinct and not empty; ASCII letters in lower case, separators only as single spaces */
  constructor(keywords: readonly string[]) {
    const root = newNode()
    let classes = 1
    for (const [index, keyword] of keywords.entries()) {
      let node = root
      for (let i = 0; i < keyword.length; i++) {
        const unit = keyword.charCodeAt(i)
        if (this.#classOf[unit] === 0) this.#classOf[unit] = classes++
        node = childOf(node, this.#classOf[unit] as number)
      }
      node.keyword = index
    }
    for (const separator of SEPARATORS) this.#classOf[separator] = this.#classOf[SPACE] as number
    for (const [first, ...others] of SAME_UNITS)
      for (const other of others)
        this.#classOf[other.charCodeAt(0)] = this.#classOf[(first as string).charCodeAt(0)] as number
    for (let upper = 0x41; upper <= 0x5a; upper++)
      this.#classOf[upper] = this.#classOf[upper + 0x20] as number

    const nodes = byDepth(root)
    this.#classes = classes
    this.#tabulated = Math.max(1, Math.min(nodes.length, Math.floor(TABLE_CELLS / classes)))
    this.#table = new Int32Array(this.#tabulated * classes)
    this.#firstChild = new Int32Array(nodes.length)
    this.#nextSibling = new Int32Array(nodes.length)
    this.#label = new Int32Array(nodes.length)
    this.#fail = new Int32Array(nodes.length)
    this.#keyword = Int32Array.from(nodes, node => node.keyword)
    this.#ending = new Int32Array(nodes.length)
    for (const node of nodes) this.#link(node)
  }

  /** Calls `found` for each occurrence: the index of the keyword, and where in the text it ends. */
  scan(text: string, found: (keyword: number, end: number) => void): void {
    const classOf = this.#classOf
    const table = this.#table
    let row = 0
    for (let i = 0; i < text.length; i++) {
      row = table[row + (classOf[text.charCodeAt(i)] as number)] as number
      if (row >= 0) continue
      let state = ~row
      this.#report(state, i + 1, found)
      while (state >= this.#tabulated && ++i < text.length) {
        state = this.#follow(state, classOf[text.charCodeAt(i)] as number)
        this.#report(state, i + 1, found)
      }
      row = state * this.#classes
    }
  }

  #report(from: number, end: number, found: (keyword: number, end: number) => void): void {
    let state = this.#ending[from] as number
    while (state !== ROOT) {
      found(this.#keyword[state] as number, end)
      state = this.#ending[this.#fail[state] as number] as number
    }
  }

  /** The next state: that of the longest suffix that continues with this unit. */
  #follow(from: number, unitClass: number): number {
    if (this.#absorbs(from, unitClass)) return from
    let state = from
    while (state >= this.#tabulated) {
      let child = this.#firstChild[state] as number
      while (child !== ROOT && this.#label[child] !== unitClass) child = this.#nextSibling[child] as number
      if (child !== ROOT) return child
      state = this.#fail[state] as number
    }
    const next = this.#table[state * this.#classes + unitClass] as number
    return next < 0 ? ~next : next / this.#classes
  }

  /** A joiner after a joiner changes nothing. */
  #absorbs(state: number, unitClass: number): boolean {
    return unitClass !== 0 && unitClass === this.#classOf[SPACE] && this.#label[state] === unitClass
  }

  /** Sets the transitions of a state. Those of less deep states must be set. */
  #link({ state, children }: Node): void {
    const fail = this.#fail[state] as number
    const row = state * this.#classes
    const hasRow = state < this.#tabulated
    if (hasRow && state !== ROOT)
      this.#table.copyWithin(row, fail * this.#classes, (fail + 1) * this.#classes)
    for (const [unitClass, { state: child, keyword }] of children) {
      const childFail = state === ROOT ? ROOT : this.#follow(fail, unitClass)
      this.#fail[child] = childFail
      this.#ending[child] = keyword === NONE ? (this.#ending[childFail] as number) : child
      this.#label[child] = unitClass
      this.#nextSibling[child] = this.#firstChild[state] as number
      this.#firstChild[state] = child
      if (hasRow) this.#table[row + unitClass] = this.#entry(child)
    }
    const space = this.#classOf[SPACE] as number
    if (hasRow && this.#absorbs(state, space)) this.#table[row + space] = this.#entry(state)
  }

  #entry(state: number): number {
    return state < this.#tabulated && this.#ending[state] === ROOT ? state * this.#classes : ~state
  }
}

function newNode(): Node {
  return { children: new Map(), keyword: NONE, state: ROOT }
}

function childOf(node: Node, unitClass: number): Node {
  let child = node.children.get(unitClass)
  if (!child) {
    child = newNode()
    node.children.set(unitClass, child)
  }
  return child
}

/** All nodes in order of depth, numbered in that order. */
function byDepth(root: Node): Node[] {
  const nodes = [root]
  for (const node of nodes) {
    for (const child of node.children.values()) child.state = nodes.push(child) - 1
  }
  return nodes
}
