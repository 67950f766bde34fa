import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/** Emoji seen less often than this say more of the few tweets they were seen in: a fish cake is no sad thing. */
const MIN_OCCURRENCES = 50

/** Symbols such as © and ↔ are pictographs to Unicode, but say nothing of a mood. */
const FIRST_CODE_POINT = 0x231a

/**
 * Scores by emoji, from -1 to 1: the Emoji Sentiment Ranking 1.0 (P. Kralj Novak, J. Smailović, B. Sluban, I. Mozetič,
 * "Sentiment of Emojis", PLOS ONE 10(12), 2015), from 1.6 million tweets in 13 European languages that 83 people
 * labelled. The npm package `sentiment` ships its counts. As in the paper a score is the mean of the labels' smoothed
 * distribution: each label counts once more than it was seen.
 */
export function readRanking(): Map<string, number> {
  const path = createRequire(import.meta.url).resolve('sentiment/build/Emoji_Sentiment_Data_v1.0.csv')
  const scores = new Map<string, number>()
  for (const line of readFileSync(path, 'utf8').split('\n').slice(1)) {
    const [emoji = '', codePoint, occurrences, , negative, , positive] = line.split(',')
    if (Number(codePoint) < FIRST_CODE_POINT || !/[\p{Extended_Pictographic}♡]/u.test(emoji)) continue
    if (Number(occurrences) < MIN_OCCURRENCES) continue
    scores.set(emoji, (Number(positive) - Number(negative)) / (Number(occurrences) + 3))
  }
  return scores
}

/** Emoji that came after the ranking, by the scores of those in it that are most like them. */
export const NEWER: Readonly<Record<string, number>> = {
  '🤣': 0.3,
  '🤗': 0.6,
  '🤩': 0.7,
  '🥰': 0.7,
  '🥳': 0.7,
  '🥹': 0.4,
  '🫶': 0.7,
  '🩷': 0.7,
  '🩵': 0.7,
  '🧡': 0.7,
  '🤍': 0.7,
  '🖤': 0.5,
  '🤝': 0.5,
  '🤞': 0.4,
  '🙂': 0.4,
  '🙃': 0.1,
  '😮‍💨': -0.2,
  '❤️‍🩹': 0.4,
  '🩶': 0.5,
  '🤎': 0.6,
  '🤟': 0.6,
  '🤘': 0.5,
  '🤌': 0.3,
  '🫂': 0.5,
  '🥂': 0.6,
  '🥇': 0.7,
  '🦋': 0.5,
  '🤠': 0.5,
  '🤓': 0.3,
  '🫡': 0.3,
  '🥲': -0.1,
  '🫠': -0.2,
  '🥱': -0.3,
  '🤡': -0.4,
  '🤦': -0.4,
  '🙄': -0.4,
  '🙁': -0.4,
  '☹': -0.5,
  '🥺': -0.1,
  '😶‍🌫️': -0.2,
  '🤧': -0.3,
  '🤒': -0.4,
  '🤕': -0.4,
  '🤯': -0.1,
  '😵‍💫': -0.3,
  '🥴': -0.2,
  '🥵': -0.2,
  '🥶': -0.2,
  '🤥': -0.4,
  '🫤': -0.3,
  '🫣': -0.1,
  '🤨': -0.2,
  '🤢': -0.5,
  '🖕': -0.6,
  '🤮': -0.6,
  '🤬': -0.6,
}

/**
 * Emoji of which the ranking says what they stood beside in 2015, and people who are shown them say something else: a
 * face in tears occurs in tweets of joy as well, and is seen as a sad one all the same. The side is that of people's
 * ratings (D. Rodrigues, M. Prada, R. Gaspar, M. Garrido, D. Lopes, "Lisbon Emoji and Emoticon Database", Behavior
 * Research Methods 50, 2018; G. Kutsuzawa, H. Umemura, K. Eto, Y. Kobayashi, "Classification of 74 facial emoji's
 * emotional states on the valence-arousal axes", Scientific Reports 12, 2022); how far it lies on that side is ours.
 */
export const RATED: Readonly<Record<string, number>> = {
  '😭': -0.3,
  '😢': -0.4,
  '😥': -0.3,
  '😰': -0.4,
  '😨': -0.4,
  '😱': -0.3,
  '😓': -0.3,
  '😔': -0.4,
  '😞': -0.4,
  '😟': -0.4,
  '😧': -0.4,
  '😦': -0.3,
  '😣': -0.4,
  '😖': -0.4,
  '😫': -0.4,
  '😠': -0.5,
  '😡': -0.6,
  '😤': -0.4,
  '😪': -0.2,
  '😵': -0.3,
  '😬': -0.2,
  '😷': -0.3,
  '😾': -0.4,
  '🙀': -0.3,
  '💔': -0.5,
  '👎': -0.5,
  '💩': -0.3,
  '💣': -0.2,
  '🔪': -0.2,
  '🔥': 0.4,
  '💯': 0.5,
  '👀': 0.1,
}
