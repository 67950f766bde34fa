import { type DetailedScore, PluginError, type Score } from 'mood-exporter/plugin'
import type { ModelConfig } from './model-files.ts'

/** The meaning of a label: a value from -1 to 1, an emotion, or both. */
interface Meaning {
  value?: number
  emotion?: string
}

/** Usual spellings of sentiment labels. */
const SENTIMENTS: Record<string, number> = {
  positive: 1,
  pos: 1,
  긍정: 1,
  neutral: 0,
  neu: 0,
  중립: 0,
  negative: -1,
  neg: -1,
  부정: -1,
  'very positive': 1,
  'very negative': -1,
}

/** Ekman's six, Plutchik's eight, those of GoEmotions (Demszky et al., ACL 2020), and synonyms. */
const EMOTIONS = new Set(
  `admiration amusement anger annoyance anticipation anxiety approval boredom caring confusion contempt curiosity
  desire disappointment disapproval disgust embarrassment enthusiasm excitement fear gratitude grief guilt happiness
  hate hope joy love nervousness optimism pessimism pride realization relief remorse sadness shame surprise trust worry
  angry disgusted fearful happy sad surprised
  기쁨 분노 슬픔 불안 당황 상처 행복 놀람 공포 혐오`.split(/\s+/),
)

const normalise = (label: string) =>
  label
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')

/** An emotion as a label value. */
const asEmotion = (label: string) =>
  normalise(label)
    .replace(/[^\p{L}\p{N} ]+/gu, '_')
    .slice(0, 40)

/**
 * The meaning of each of a model's labels, in order: by the option `labels`, otherwise by their names.
 *
 * @param given for a label: a value, a sentiment, or an emotion; for an emotion: its value
 * @throws PluginError if a label is unknown, or `given` names one that does not exist
 */
export function meaningsOf(
  { id2label, path }: ModelConfig,
  given: Readonly<Record<string, string | number>>,
): Meaning[] {
  const labels = Array.from({ length: Object.keys(id2label).length }, (_, i) => id2label[i] as string)
  const said = new Map(Object.entries(given).map(([label, meaning]) => [normalise(label), meaning]))
  const used = new Set<string>()
  const ask = (label: string) => {
    const key = normalise(label)
    if (said.has(key)) used.add(key)
    return said.get(key)
  }

  const stars = starValues(labels)
  const isGraded = labels.some(label => normalise(label).startsWith('very '))
  const bySpelling = (label: string): Meaning | undefined => {
    const name = normalise(label)
    const value = stars.get(label) ?? (Object.hasOwn(SENTIMENTS, name) ? SENTIMENTS[name] : undefined)
    if (value !== undefined) return { value: isGraded && !name.startsWith('very ') ? value / 2 : value }
    return EMOTIONS.has(name) ? withValue(label) : undefined
  }
  const withValue = (emotion: string): Meaning => {
    const value = ask(emotion)
    return { emotion: asEmotion(emotion), ...(typeof value === 'number' ? { value } : {}) }
  }
  const meanings = labels.map(label => {
    const meaning = ask(label)
    if (typeof meaning === 'number')
      return EMOTIONS.has(normalise(label)) ? withValue(label) : { value: meaning }
    return meaning === undefined ? bySpelling(label) : (bySpelling(meaning) ?? withValue(meaning))
  })

  const listed = (names: readonly string[]) => names.map(name => JSON.stringify(name)).join(', ')
  const unknown = labels.filter((_, i) => meanings[i] === undefined)
  if (unknown.length > 0)
    throw new PluginError(
      'ERR_ONNX_LABELS',
      `${path}: what the labels ${listed(unknown)} mean is unknown; set it, as in labels: { ${unknown[0]}: negative }, with positive, neutral, negative, a number from -1 to 1, or an emotion`,
    )
  const strange = Object.keys(given).filter(label => !used.has(normalise(label)))
  if (strange.length > 0)
    throw new PluginError(
      'ERR_ONNX_LABELS',
      `labels: the model has no ${listed(strange)}; its labels are ${listed(labels)} (${path})`,
    )
  return meanings as Meaning[]
}

/** Values of labels such as `1 star` and `5 stars`, evenly spaced from -1 to 1. */
function starValues(labels: readonly string[]): Map<string, number> {
  const stars = labels.flatMap(label => {
    const [, number] = /^(\d{1,2}) stars?$/.exec(normalise(label)) ?? []
    return number === undefined ? [] : [[label, Number(number)] as const]
  })
  const numbers = stars.map(([, number]) => number)
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)]
  if (most <= least) return new Map()
  return new Map(stars.map(([label, number]) => [label, (2 * (number - least)) / (most - least) - 1]))
}

/** The probability of each label, from the logits. */
export function probabilities(logits: readonly number[], multiLabel: boolean): number[] {
  if (multiLabel) return logits.map(logit => 1 / (1 + Math.exp(-logit)))
  const most = Math.max(...logits)
  const weights = logits.map(logit => Math.exp(logit - most))
  const sum = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map(weight => weight / sum)
}

/** Makes the function that converts a model's logits to a result. */
export function logitsScorer(meanings: readonly Meaning[], multiLabel: boolean, threshold: number) {
  const emotions = [...new Set(meanings.flatMap(({ emotion }) => emotion ?? []))]
  // "Neutral" among emotions is not an emotion, and gives no score.
  const hasScore = emotions.length === 0 || meanings.some(({ value = 0 }) => value !== 0)

  function scoreOf(shares: readonly number[]): Score {
    if (!hasScore) return null
    let sum = 0
    let all = 0
    for (const [i, share] of shares.entries()) {
      sum += share * (meanings[i]?.value ?? 0)
      all += share
    }
    // Independent labels may add up to more than 1; softmax probabilities do so only by rounding.
    return sum / Math.max(1, all)
  }

  return {
    emotions,
    scoreLogits(logits: readonly number[]): Score | DetailedScore {
      const shares = probabilities(logits, multiLabel)
      const score = scoreOf(shares)
      if (emotions.length === 0) return score
      const shown = meanings.flatMap(({ emotion }, i) =>
        emotion !== undefined && (shares[i] as number) >= threshold ? [emotion] : [],
      )
      return { score, emotions: [...new Set(shown)] }
    },
  }
}
