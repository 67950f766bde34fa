import { ADJECTIVES, HUMANS, IT_VERBS, NOUNS, SUBJECTS, VERBS, type Words } from './english-words.ts'
import { halfOf, type Made, Maker } from './made.ts'

/** {s} is a subject, {h} a human, {w} the word. Plain, then negated. */
type Template = readonly [plain: string, negated: string]

const OF_ADJECTIVES: readonly Template[] = [
  ['{s} is {w}', '{s} is not {w}'],
  ['{s} was {w}', "{s} wasn't {w}"],
  ['{s} is really {w}', "{s} isn't {w} at all"],
  ["it's {w}", "it's not {w}"],
  ['{w}', 'not {w}'],
  ['so {w}!', 'not so {w}!'],
  ['I found {s} {w}', "I didn't find {s} {w}"],
  ['{s} was very {w}', '{s} was never {w}'],
  ['I think {s} is {w}', "I don't think {s} is {w}"],
  ['{s} looks {w}', "{s} doesn't look {w}"],
  ['what a {w} day', 'not a {w} day'],
  ['{s} is a {w} one', '{s} is not a {w} one'],
  ['{s} feels {w} to me', "{s} doesn't feel {w} to me"],
  ["I'd call it {w}", "I wouldn't call it {w}"],
  ['{s} was pretty {w}, honestly', '{s} was hardly {w}, honestly'],
  ['{s} turned out {w}', '{s} turned out to be not {w}'],
  ['everything about {s} is {w}', 'nothing about {s} is {w}'],
  ['{s} has been {w}', '{s} has never been {w}'],
  ['{s} was {w} today', "{s} wasn't that {w} today"],
  ['{s}: {w}', '{s}: far from {w}'],
]

const OF_VERBS: readonly Template[] = [
  ['I {w} {s}', "I don't {w} {s}"],
  ['I really {w} {s}', "I really don't {w} {s}"],
  ['we {w} {s}', 'we never {w} {s}'],
  ['you will {w} {s}', "you won't {w} {s}"],
  ['I would {w} {s}', "I wouldn't {w} {s}"],
  ['I did {w} {s}', "I didn't {w} {s}"],
  ['people {w} {s}', 'nobody would {w} {s}'],
  ['I can {w} {s}', 'I cannot {w} {s}'],
]

const OF_IT_VERBS: readonly Template[] = [
  ['{s} does {w}', "{s} doesn't {w}"],
  ['{s} will {w}', "{s} won't {w}"],
  ['{s} did {w}', '{s} did not {w}'],
  ['{s} can {w}', '{s} never seems to {w}'],
]

const OF_NOUNS: readonly Template[] = [
  ['{w} with {s}', 'no {w} with {s}'],
  ['lots of {w}', 'no {w}'],
  ['{s} has {w}', '{s} has no {w}'],
  ['there was {w}', 'there was no {w} at all'],
  ['plenty of {w} here', 'zero {w} here'],
  ['{s} comes with {w}', '{s} comes without {w}'],
  ['we had {w}', "we didn't have any {w}"],
  ['I felt {w}', 'I never felt any {w}'],
  ['{s} brought {w}', '{s} brought no {w} whatsoever'],
]

const GROUPS: readonly (readonly [string, Words, readonly Template[]])[] = [
  ['adjective', ADJECTIVES, OF_ADJECTIVES],
  ['verb', VERBS, OF_VERBS],
  ['verb of a thing', IT_VERBS, OF_IT_VERBS],
  ['noun', NOUNS, OF_NOUNS],
]

/** Negations with the same mood in any context: intensified, doubled, or far from the word. */
const FIXED: readonly (readonly [string, number])[] = [
  ["couldn't be better", 2],
  ["couldn't be happier with {s}", 2],
  ["couldn't be worse", 0],
  ["can't recommend {s} enough", 2],
  ["can't praise {s} enough", 2],
  ["can't say enough good things about {s}", 2],
  ["can't wait for {s}", 2],
  ["can't go wrong with {s}", 2],
  ["can't get enough of {s}", 2],
  ['never been happier with {s}', 2],
  ['no problem at all with {s}', 2],
  ["can't complain about {s}", 2],
  ["can't fault {s}", 2],
  ['nothing to complain about', 2],
  ['nothing but praise for {s}', 2],
  ['not only good but cheap too', 2],
  ["I wouldn't say that {s} is bad", 2],
  ["I don't think that {s} was ever any good", 0],
  ['never had a problem with {s}', 2],
  ['not a single complaint about {s}', 2],
  ["you won't regret it", 2],
  ["don't waste your money on {s}", 0],
  ["don't bother with {s}", 0],
  ['not worth it', 0],
  ['not worth the money', 0],
  ["{s} doesn't work", 0],
  ["{s} won't start", 0],
  ['no thanks', 0],
  ['never again', 0],
]

/** @param half of the words: 0 to train on, 1 to test on */
export function englishPairs(half: 0 | 1, perWord: number, seed: number): Made[] {
  const maker = new Maker(seed)
  const fill = (template: string, word: string, subject: string, human: string) =>
    template.replace('{w}', word).replace('{s}', subject).replace('{h}', human)
  for (const [kind, words, templates] of GROUPS)
    for (const mood of ['good', 'bad'] as const)
      for (const word of halfOf(words[mood], half))
        for (let time = 0; time < perWord; time++) {
          const [plain, negated] = maker.pick(templates)
          const subject = maker.pick(SUBJECTS)
          const human = maker.pick(HUMANS)
          maker.pair(
            fill(plain, word, subject, human),
            fill(negated, word, subject, human),
            mood === 'good',
            `${mood === 'good' ? 'negated praise' : 'negated blame'}, ${kind}`,
          )
        }
  if (half === 0)
    for (const [template, label] of FIXED)
      for (let time = 0; time < 2 * perWord; time++)
        maker.single(fill(template, '', maker.pick(SUBJECTS), ''), label, 'fixed')
  return maker.made
}
