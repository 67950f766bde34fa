import { ADJECTIVES, type KoreanWords, NAMES, NOUNS, SUBJECTS, VERBS } from './korean-words.ts'
import { halfOf, type Made, Maker } from './made.ts'

const FIRST = 0xac00
const FINALS = 28
const SSANGSIOT = 20
const NIEUN = 4
const BIEUP = 17
const RIEUL = 8

const finalOf = (word: string) => (word.charCodeAt(word.length - 1) - FIRST) % FINALS
/** The word with a final consonant added to its last syllable, which must have none. */
const under = (word: string, final: number) =>
  word.slice(0, -1) + String.fromCharCode(word.charCodeAt(word.length - 1) + final)
/** The stem before an ending in ㄴ, ㄹ or ㅂ: a final ㅂ becomes 우, a final ㄹ is dropped. */
const soft = (stem: string) =>
  finalOf(stem) === BIEUP && !/[좁넓]$/.test(stem)
    ? `${under(stem, -BIEUP)}우`
    : finalOf(stem) === RIEUL
      ? under(stem, -RIEUL)
      : stem

export interface Forms {
  readonly stem: string
  readonly a: string
}

const past = ({ a }: Forms) => under(a, SSANGSIOT)
const adnominal = ({ stem }: Forms) =>
  /[있없]$/.test(stem) ? `${stem}는` : finalOf(soft(stem)) === 0 ? under(soft(stem), NIEUN) : `${stem}은`
const formal = ({ stem }: Forms) =>
  finalOf(stem) === 0
    ? `${under(stem, BIEUP)}니다`
    : finalOf(stem) === RIEUL
      ? `${under(stem, BIEUP - RIEUL)}니다`
      : `${stem}습니다`
const future = ({ stem }: Forms) =>
  /[있없]$/.test(stem) ? `${stem}을` : finalOf(soft(stem)) === 0 ? under(soft(stem), RIEUL) : `${stem}을`

type Template = readonly [plain: (word: Forms) => string, negated: (word: Forms) => string]

const OF_ADJECTIVES: readonly Template[] = [
  [w => `${w.a}요`, w => `안 ${w.a}요`],
  [w => `${w.a}요`, w => `${w.stem}지 않아요`],
  [formal, w => `${w.stem}지 않습니다`],
  [w => `${past(w)}어요`, w => `${w.stem}지 않았어요`],
  [w => `${past(w)}다`, w => `안 ${past(w)}다`],
  [w => `정말 ${w.a}`, w => `하나도 안 ${w.a}`],
  [w => `너무 ${w.stem}네요`, w => `전혀 ${w.stem}지 않네요`],
  [w => `${w.stem}고 또 사고 싶다`.replace(' 또 사고 싶다', ''), w => `${w.stem}지 않고`],
  [w => `${adnominal(w)} 편이에요`, w => `${adnominal(w)} 편은 아니에요`],
  [w => `${w.stem}기만 하다`, w => `${w.stem}지도 않다`],
  [w => `별로 ${w.a}요`.replace('별로 ', '꽤 '), w => `별로 ${w.stem}지 않아요`],
  [w => `${w.a}`, w => `안${w.a}`],
  [w => `${adnominal(w)} 느낌`, w => `${w.stem}지 않은 느낌`],
  [w => `${w.stem}더라고요`, w => `안 ${w.stem}더라고요`],
  [w => `${adnominal(w)} 점이 많아요`, w => `${adnominal(w)} 점이 없어요`],
  [w => `생각보다 ${w.stem}네`, w => `생각만큼 ${w.stem}지 않네`],
  [
    w => `${w.stem}음`.replace(/(.)음$/, (_, c) => (finalOf(c) === 0 ? under(c, 16) : `${c}음`)),
    w => `${w.stem}지 않음`,
  ],
  [w => `그렇게 ${future(w)} 수가`, w => `그렇게 ${w.stem}진 않음`],
]

const OF_VERBS: readonly (readonly [string, string])[] = [
  ['{w}합니다', '{w}하지 않습니다'],
  ['{w}해요', '{w} 안 해요'],
  ['{w}했어요', '{w}하지 않았어요'],
  ['{w}했다', '{w} 못 했다'],
  ['{w}하게 됩니다', '{w}하지 못합니다'],
  ['{w}할 것 같아요', '{w}하지 않을 것 같아요'],
  ['진짜 {w}한다', '절대 {w} 안 한다'],
  ['{w}할 일이 많아요', '{w}할 일이 없어요'],
  ['{w}해', '{w}안해'],
  ['{w}하네요', '{w}하진 않네요'],
]

const OF_NOUNS: readonly (readonly [string, string])[] = [
  ['{w} 있어요', '{w} 없어요'],
  ['{w}{이} 있다', '{w}{이} 없다'],
  ['{w}{이} 많네요', '{w}{이} 전혀 없네요'],
  ['{w} 있음', '{w}없음'],
  ['{w}{이} 느껴집니다', '{w}{은} 없습니다'],
  ['{w} 있는 제품', '{w} 없는 제품'],
  ['{w}{이} 있었어요', '{w}{이} 하나도 없었어요'],
  ['{w}만 가득', '아무 {w} 없이'],
  ['{w}{이} 있네', '{w}도 없네'],
]

const OF_NAMES: readonly (readonly [string, string])[] = [
  ['{w}입니다', '{w}{은} 아닙니다'],
  ['{w}예요', '{w}{이} 아니에요'],
  ['이건 {w}다', '이건 {w}{이} 아니다'],
  ['완전 {w}', '{w}까지는 아님'],
  ['{w}네요', '{w}{은} 아니네요'],
]

/** Phrases that keep their mood. */
const FIXED: readonly (readonly [string, number])[] = [
  ['흠잡을 데가 없어요', 2],
  ['흠 잡을 곳이 없다', 2],
  ['지루할 틈이 없다', 2],
  ['버릴 게 없어요', 2],
  ['더할 나위 없이 좋아요', 2],
  ['이보다 더 좋을 수 없다', 2],
  ['나무랄 데 없는 서비스', 2],
  ['돈이 하나도 안 아까워요', 2],
  ['두말할 필요 없이 최고', 2],
  ['추천하기 어렵습니다', 0],
  ['좋다고 할 수 없네요', 0],
  ['다시는 안 갈 거예요', 0],
  ['다시는 안 산다', 0],
  ['두 번은 못 보겠다', 0],
  ['마음에 안 들어요', 0],
  ['마음에 들지 않아요', 0],
  ['마음에 들어요', 2],
  ['기대 이하', 0],
  ['믿을 수가 없는 업체', 0],
  ['작동이 안 돼요', 0],
  ['연결이 안 됩니다', 0],
  ['답변이 없네요', 0],
]

const josa = (text: string) =>
  text
    .replace(/(.)\{이\}/g, (_, c) => c + (finalOf(c) === 0 ? '가' : '이'))
    .replace(/(.)\{은\}/g, (_, c) => c + (finalOf(c) === 0 ? '는' : '은'))

/** The beginnings of the words in the tests: removed from the word list when that is measured. */
export function heldOutBeginnings(lexicon: Iterable<string>): Set<string> {
  const tested = [ADJECTIVES, VERBS, NOUNS, NAMES]
    .flatMap(({ good, bad }) => [...halfOf(good, 1), ...halfOf(bad, 1)])
    .flatMap(word => word.split(' '))
  return new Set([...lexicon].filter(beginning => tested.some(word => word.startsWith(beginning))))
}

/** @param half of the words: 0 to train on, 1 to test on */
export function koreanPairs(half: 0 | 1, perWord: number, seed: number): Made[] {
  const maker = new Maker(seed)
  const around = () => {
    const chance = maker.random()
    return chance < 0.5 ? '' : `${maker.pick(SUBJECTS)} `
  }
  const end = () => maker.pick(['', '', '', '.', '!', '~', ' ㅎㅎ'])
  const each = (kind: string, words: KoreanWords, make: (word: string) => readonly [string, string]) => {
    for (const mood of ['good', 'bad'] as const)
      for (const word of halfOf(words[mood], half))
        for (let time = 0; time < perWord; time++) {
          const [plain, negated] = make(word)
          const before = around()
          const after = end()
          maker.pair(
            before + plain + after,
            before + negated + after,
            mood === 'good',
            `${mood === 'good' ? 'negated praise' : 'negated blame'}, ${kind}`,
          )
        }
  }
  each('adjective', ADJECTIVES, word => {
    const [stem = '', a = ''] = word.split(/\s+/)
    const [plain, negated] = maker.pick(OF_ADJECTIVES)
    return [plain({ stem, a }), negated({ stem, a })]
  })
  const filled =
    (templates: readonly (readonly [string, string])[]) =>
    (word: string): readonly [string, string] => {
      const [plain, negated] = maker.pick(templates)
      return [josa(plain.replace('{w}', word)), josa(negated.replace('{w}', word))]
    }
  each('verb', VERBS, filled(OF_VERBS))
  each('noun', NOUNS, filled(OF_NOUNS))
  each('name', NAMES, filled(OF_NAMES))
  if (half === 0)
    for (const [text, label] of FIXED)
      for (let time = 0; time < 2 * perWord; time++) maker.single(around() + text + end(), label, 'fixed')
  return maker.made
}
