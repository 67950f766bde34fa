import type { Polarity } from '../mood.ts'

/** Phrases by polarity. */
export type Felt = Readonly<Record<Polarity, readonly string[]>>

/** General phrases of a language. `{it}` is replaced by the subject of the post. */
export interface Phrases {
  /** Put before a sentence, with the space or comma that follows. */
  openers: Felt
  sentences: Felt
  /** A second sentence that fits after any of the same feeling. */
  closers: Felt
  /** Put after the words: ㅋㅋ, :) and the like. */
  emoticons: Felt
  /** Whole posts about none of the topics. */
  offTopic: readonly string[]
  /** Tags that fit any post. */
  tags: readonly string[]
}

/** Phrases about one topic. `{name}` is replaced by any of its names. */
export interface TopicPhrases {
  /** Keywords of the topic: each post about it contains at least one of them. */
  names: readonly string[]
  /** What `{it}` may be. */
  subjects: readonly string[]
  sentences: Felt
  /** Phrases during an incident. */
  incident: readonly string[]
  /** From common to rare. */
  tags: readonly string[]
  incidentTags: readonly string[]
}

/** Emoji that match a feeling; some are several code points (skin tones, joiners, flags), as in real posts. */
export const emoji: Felt = {
  positive: ['😍', '❤️', '🎉', '👍', '🥰', '😊', '👏', '💖', '😄', '🙌', '👍🏽', '💯', '🤩', '🙌🏻', '💕'],
  neutral: ['🤔', '👀', '🧐', '👩‍💻', '🙋‍♂️', '🇰🇷', '📝'],
  negative: ['😡', '😠', '👎', '💔', '😞', '🤬', '😩', '👎🏻', '😒', '😣', '🤦‍♀️', '😖'],
}
