import { LABELS, type Label } from './sentiment.ts'

/** Common spellings of labels, in languages with many labelled data sets. */
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

/** Degrees, which are ignored: the exporter has none. */
const DEGREE = /^(?:very|extremely|strongly|highly|mostly|somewhat|slightly|weakly|매우|다소) /

/** A label for comparison: case does not matter, and "-", "_" and spaces are equal. */
export const plain = (text: string): string =>
  text
    .normalize('NFC')
    .trim()
    .toLowerCase()
    .replace(/[-_\s]+/g, ' ')

/** The sentiment of a word; undefined for an unknown word. */
export function labelOfWord(text: string): Label | undefined {
  const word = plain(text)
  return KNOWN.get(word) ?? KNOWN.get(word.replace(DEGREE, ''))
}

/** The number in a label, such as a rating; undefined if it is not a number. */
export function numberOf(text: string): number | undefined {
  const trimmed = text.trim().replace(/^\u2212/, '-')
  return /^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(trimmed) ? Number(trimmed) : undefined
}

/** The allowed labels, for messages. */
export const KNOWN_LABELS = 'numbers and "negative", "neutral", "positive" in their usual spellings'
