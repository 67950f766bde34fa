/** Words of mood for generated sentences, by part of speech and by mood. */
export interface Words {
  readonly good: readonly string[]
  readonly bad: readonly string[]
}

const list = (words: string) => words.trim().replace(/\s+/g, ' ').split(', ')

export const ADJECTIVES: Words = {
  good: list(`good, great, nice, happy, clean, friendly, helpful, comfortable, reliable, useful, tasty, delicious, funny,
    beautiful, interesting, exciting, fresh, fair, honest, polite, smart, cute, fun, perfect, impressive, pleasant, safe,
    responsive, accurate, convincing, satisfying, welcoming, cozy, elegant, enjoyable, durable, professional, generous,
    thoughtful, entertaining, refreshing, intuitive, charming, inspiring, worthwhile, affordable, attractive, calm,
    smooth, sturdy, memorable, brilliant, wonderful, amazing, excellent, fantastic, satisfied, impressed, pleased, proud,
    sharp, crisp, efficient, trustworthy, convenient, spacious, gorgeous, lovely, sweet, kind`),
  bad: list(`bad, terrible, awful, horrible, ugly, dirty, rude, slow, boring, noisy, annoying, expensive, broken, useless,
    disappointing, uncomfortable, confusing, greasy, bland, stale, painful, stressful, scary, dull, weak, cheap, clumsy,
    buggy, laggy, overpriced, unreliable, frustrating, depressing, sad, angry, upset, disappointed, bored, tired, worried,
    scared, difficult, hard, dangerous, harmful, unfair, dishonest, arrogant, stupid, silly, ridiculous, pathetic,
    crowded, cramped, smelly, sticky, soggy, bitter, misleading, flimsy, shabby, tedious, nasty, gross, mean, lazy,
    careless, faulty, defective, sluggish`),
}

/** Verbs after "I": "I love it", "I do not love it". */
export const VERBS: Words = {
  good: list(`like, love, recommend, enjoy, trust, appreciate, admire, adore, miss it, want this, care for it, value,
    endorse, support, respect, believe in, look forward to, get excited about, approve of, cherish`),
  bad: list(`hate, regret, dislike, mind, despise, resent, dread, fear, loathe, complain about, object to, struggle with,
    worry about, get tired of, get bored of, suffer from, blame, doubt, detest, avoid`),
}

/** Verbs after "it": "it works", "it does not crash". The second follows "does not" and "never". */
export const IT_VERBS: Words = {
  good: list(`impress, satisfy, work, shine, help, deliver, convince, please, inspire, entertain, excel, delight, succeed,
    charm, fit, improve`),
  bad: list(`suck, crash, disappoint, fail, hurt, stink, lag, bother me, break, annoy me, freeze, overheat, leak, irritate
    me, scare me, bore me, smell, scratch, squeak, drag`),
}

export const NOUNS: Words = {
  good: list(`joy, fun, charm, quality, love, respect, comfort, value, hope, honesty, taste, warmth, humour, talent, style,
    kindness, passion, beauty, excitement, support, improvement, benefit, advantage, appeal, creativity, magic`),
  bad: list(`problem, problems, complaints, issues, regrets, flaws, errors, bugs, delays, drama, pain, worries, trouble,
    hassle, stress, damage, noise, mistakes, defects, glitches, crashes, scratches, stains, mess, disappointment, fuss,
    drawbacks, downsides, surprises fees, side effects, lag, shame, risk, waste, smell, injuries, threats, fear, doubts,
    anger`),
}

export const SUBJECTS =
  list(`the food, the hotel, the staff, the movie, the film, this phone, the service, the battery,
  the camera, my order, the delivery, the new update, the app, the book, the show, the game, the room, the screen, the
  sound, the coffee, the pizza, the driver, the website, the ending, the concert, the trip, the price, the teacher, my
  new laptop, the seat, the album, the design, the support team, this place, the kettle, the second season`)

export const HUMANS = list('I, we, she, he, my mom, my friends, the kids, they')
