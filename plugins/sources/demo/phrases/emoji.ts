import type { Felt } from './phrases.ts'

/** Emoji that match a feeling; some are several code points (skin tones, joiners, flags), as in real posts. */
export const emoji: Felt = {
  positive: ['😍', '❤️', '🎉', '👍', '🥰', '😊', '👏', '💖', '😄', '🙌', '👍🏽', '💯', '🤩', '🙌🏻', '💕'],
  neutral: ['🤔', '👀', '🧐', '👩‍💻', '🙋‍♂️', '🇰🇷', '📝'],
  negative: ['😡', '😠', '👎', '💔', '😞', '🤬', '😩', '👎🏻', '😒', '😣', '🤦‍♀️', '😖'],
}
