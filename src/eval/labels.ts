import { LABELS, type Label } from './sentiment.ts'

/** How people write labels, in the languages in which labelled posts are often found. */
const SPELLINGS: Record<Label, readonly string[]> = {
  negative: [
    'negative neg bad sad unhappy 부정 부정적 負面 负面 消极 消極 否定 否定的 ネガティブ',
    'négatif négative negativ negatief negativo negativa negatywny olumsuz отрицательный негативный',
  ],
  neutral: [
    'neutral neu objective 중립 중립적 中性 中立 ニュートラル neutre neutraal neutro neutra neutralny nötr',
    'нейтральный',
  ],
  positive: [
    'positive pos good happy 긍정 긍정적 正面 积极 積極 肯定 肯定的 ポジティブ',
    'positif positiv positief positivo positiva pozytywny olumlu положительный позитивный',
  ],
}

const KNOWN: ReadonlyMap<string, Label> = new Map([
  ['objective or neutral', 'neutral'],
  ...LABELS.flatMap(label =>
    SPELLINGS[label].flatMap(words => words.split(' ').map((word): [string, Label] => [word, label])),
  ),
])

/** How strongly so: the exporter knows no degrees. */
const DEGREE = /^(?:very|extremely|strongly|highly|mostly|somewhat|slightly|weakly|매우|다소) /

/** A label as it is compared: without regard to case, and to whether words are joined by "-", "_" or a space. */
export const plain = (text: string): string =>
  text
    .normalize('NFC')
    .trim()
    .toLowerCase()
    .replace(/[-_\s]+/g, ' ')

/** The sentiment that a word names; undefined for an unknown word. */
export function labelOfWord(text: string): Label | undefined {
  const word = plain(text)
  return KNOWN.get(word) ?? KNOWN.get(word.replace(DEGREE, ''))
}

/** The number that a label is, such as a rating; undefined where it is none. */
export function numberOf(text: string): number | undefined {
  const trimmed = text.trim().replace(/^\u2212/, '-')
  return /^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(trimmed) ? Number(trimmed) : undefined
}

/** What labels there may be, for messages. */
export const KNOWN_LABELS = 'numbers and "negative", "neutral", "positive" in their usual spellings'
