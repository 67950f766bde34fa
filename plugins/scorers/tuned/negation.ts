import { hashWord } from './hash.ts'
import { CLAUSE_END, type Tokens, WORD } from './tokens.ts'

/** Words that turn round what follows them, up to the end of the clause; "n't" and "nt" at a word's end do so too. */
const NEGATORS = [
  ...['no', 'not', 'never', 'none', 'nothing', 'nowhere', 'nobody', 'neither', 'nor', 'without', 'cannot'],
  ...['hardly', 'barely', 'rarely', 'seldom', 'lack', 'lacks', 'lacking', "ain't", 'aint'],
  ...[
    'cant',
    'wont',
    'dont',
    'doesnt',
    'didnt',
    'isnt',
    'arent',
    'wasnt',
    'werent',
    'hasnt',
    'havent',
    'hadnt',
  ],
  ...['couldnt', 'shouldnt', 'wouldnt', 'mustnt', 'neednt'],
]
const hashes = new Set(NEGATORS.map(hashWord))

/** Negators by a few bits of their hash: a table is asked first, since hardly any word is a negator. */
const maybe = new Uint8Array(4096)
for (const hash of hashes) maybe[hash & 4095] = 1

const N = 0x6e
const T = 0x74
const APOSTROPHE = 0x27

export function isNegator(tokens: Tokens, index: number): boolean {
  const end = tokens.ends[index] as number
  if (tokens.codes[end - 1] === T && tokens.codes[end - 2] === APOSTROPHE && tokens.codes[end - 3] === N)
    return true
  const hash = tokens.hashes[index] as number
  return maybe[hash & 4095] === 1 && hashes.has(hash)
}

/** Marks in `negated` the words after a negator, up to the end of the clause: 1, else 0. */
export function markNegated(tokens: Tokens, negated: Uint8Array): void {
  let reach = 0
  for (let index = 0; index < tokens.count; index++) {
    const kind = tokens.kinds[index]
    if (kind === CLAUSE_END) reach = 0
    negated[index] = kind === WORD ? reach : 0
    if (kind === WORD && isNegator(tokens, index)) reach = 1
  }
}
