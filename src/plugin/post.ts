/** Something short that somebody wrote: a tweet, a chat message, a review. */
export interface Post {
  /** Names the post within its source; what de-duplication goes by. A post without one is never a duplicate. */
  id?: string | undefined
  /** What was written, as it was written. May be empty; may hold anything that Unicode can. */
  text: string
  /** When it was written: milliseconds since 1970-01-01 UTC. This is the event time that windows go by. */
  createdAt: number
  /** BCP 47 language (`en`, `ko`), where the post says so itself. Without it the exporter may detect it. */
  lang?: string | undefined
  /** Who wrote it: a name or an id, as the source has it. */
  author?: string | undefined
  /** Where to read it. Shown as an exemplar beside the post's score. */
  url?: string | undefined
  /** Configured topics that the source already knows the post to be about, beside those its text matches. */
  topics?: string[] | undefined
  /** Names of the emotes in the text, if the service marks them, as Twitch does. */
  emotes?: string[] | undefined
  /**
   * Terms that the text mentions, of the rankings that topics take their keywords from. The exporter sets it; what a
   * format or a source sets is left out.
   */
  trends?: readonly string[] | undefined
}
