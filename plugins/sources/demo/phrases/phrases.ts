import type { Polarity } from '../mood.ts'

/** Things to say, by how they feel. */
export type Felt = Readonly<Record<Polarity, readonly string[]>>

/** What a language can say of anything. `{it}` stands for what the post is about. */
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

/** What a language can say of one topic. `{name}` stands for any of its names. */
export interface TopicPhrases {
  /** Keywords of the topic: each post about it holds at least one of them. */
  names: readonly string[]
  /** What `{it}` may be. */
  subjects: readonly string[]
  sentences: Felt
  /** What is said while an incident lasts. */
  incident: readonly string[]
  /** From the usual to the rare. */
  tags: readonly string[]
  incidentTags: readonly string[]
}
