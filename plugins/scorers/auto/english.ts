/** Words of nearly every English sentence that other languages hardly use. */
const FUNCTION_WORDS = new Set(
  `the and are were been to of it it's that this these those with you you're your i'm i've i'd my our they their them
  she his her by from but not don't can't won't isn't didn't have has had does did would can could should just what when
  why how who about out up there here than then too very really some any because after before for`.split(
    /\s+/,
  ),
)

/** The share of such words in a text that makes it English. */
const SHARE = 0.2

/** How many words are read. */
const WORDS = 60

const WORD = /(?<![\p{L}\p{N}@#])\p{L}[\p{L}'’]*/gu

/** Whether a text is English enough to be scored as English, whatever its language field says. */
export function isEnglishEnough(text: string): boolean {
  let words = 0
  let found = 0
  for (const [word] of text.slice(0, 4000).matchAll(WORD)) {
    if (FUNCTION_WORDS.has(word.toLowerCase().replaceAll('’', "'"))) found++
    if (++words === WORDS) break
  }
  return found >= 2 && found >= SHARE * words
}
