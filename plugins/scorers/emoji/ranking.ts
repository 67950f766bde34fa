import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/** Emoji with fewer occurrences reflect a few tweets rather than their meaning: a fish cake is not sad. */
const MIN_OCCURRENCES = 50

/** Symbols such as © and ↔ are pictographs in Unicode, but have no sentiment. */
const FIRST_CODE_POINT = 0x231a

/**
 * Scores of emoji, from -1 to 1: the Emoji Sentiment Ranking 1.0 (P. Kralj Novak, J. Smailović, B. Sluban, I.
 * Mozetič, "Sentiment of Emojis", PLOS ONE 10(12), 2015), from 1.6 million tweets in 13 European languages that 83
 * people labelled. The npm package `sentiment` contains its counts. As in the paper, a score is the mean of the
 * labels' distribution with add-one smoothing.
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

/** Emoji that are newer than the ranking, with the scores of the most similar ones in it. */
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
 * Emoji for which the ranking, which reflects the tweets of 2015, differs from how people rate them: a face in tears
 * occurs in tweets of joy, but is rated as sad. The sign is that of people's ratings (D. Rodrigues, M. Prada, R.
 * Gaspar, M. Garrido, D. Lopes, "Lisbon Emoji and Emoticon Database", Behavior Research Methods 50, 2018; G.
 * Kutsuzawa, H. Umemura, K. Eto, Y. Kobayashi, "Classification of 74 facial emoji's emotional states on the
 * valence-arousal axes", Scientific Reports 12, 2022); the magnitude is our choice.
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
