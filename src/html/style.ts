import { createHash } from 'node:crypto'

/** The most windows that a table may have. */
const WINDOWS = 10

/** Each choice hides all other windows. */
const CHOICES = Array.from(
  { length: WINDOWS },
  (_, place) => `  .choice:has([value="${place}"]:checked) ~ table .w:not(.w${place}) { display: none }`,
).join('\n')

/**
 * The page's style. Blue and orange differ with every kind of colour blindness; text has a contrast
 * of at least 4.5 to its ground in both schemes.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f6f6f3; --card: #fff; --text: #1d2127; --soft: #59616c; --line: #dfe1e4; --link: #0a58a6;
  --positive: #0072b2; --neutral: #c3c8ce; --negative: #dd6516; --positive-text: #00649d; --negative-text: #a84300;
  --good: #dff0ea; --good-text: #0a5a41; --bad: #fde8da; --bad-text: #8f3a00; --plain: #eceef0; --shadow: #0003;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #13161a; --card: #1b1f25; --text: #e7e9ec; --soft: #a2abb6; --line: #2f353e; --link: #7cc0f5;
    --positive: #56b4e9; --neutral: #59626d; --negative: #f08b46; --positive-text: #6fc1f0; --negative-text: #f6a066;
    --good: #15382d; --good-text: #85dcbd; --bad: #46270f; --bad-text: #ffbd8c; --plain: #2a3038; --shadow: #000b;
  }
}
* { box-sizing: border-box }
body {
  margin: 0 auto; padding: 1.5rem clamp(.75rem, 3vw, 2rem) 2.5rem; max-width: 80rem;
  background: var(--ground); color: var(--text);
  font: 15px/1.45 -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  font-variant-numeric: tabular-nums;
}
a { color: var(--link); text-underline-offset: .15em }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px }
header { display: flex; flex-wrap: wrap; gap: .75rem 1.5rem; align-items: center; justify-content: space-between }
h1 { display: flex; gap: .6rem; align-items: center; margin: 0; font-size: 1.6rem; letter-spacing: -.01em }
h1 .face { width: 2.2rem; height: 2.2rem }
h2 { margin: 2rem 0 .6rem; font-size: 1.15rem }
nav ul { display: flex; flex-wrap: wrap; gap: .4rem 1.1rem; margin: 0; padding: 0; list-style: none }
p { margin: .35rem 0 }
.soft { color: var(--soft) }
.small { font-size: .87em }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1.1rem 0 0 }
.tiles div, .card, .notice { background: var(--card); border: 1px solid var(--line); border-radius: .6rem }
.tiles div { padding: .7rem .9rem }
.tiles dt { color: var(--soft); font-size: .85rem }
.tiles dd { margin: 0; font-size: 1.45rem; font-weight: 600; letter-spacing: -.01em }
.tiles dd small { display: block; font-size: .8rem; font-weight: 400; letter-spacing: 0; color: var(--soft) }
.notice { margin-top: 1rem; padding: .7rem 1rem; background: var(--bad); color: var(--bad-text); border-color: currentColor }
.notice ul { margin: .3rem 0 0; padding-left: 1.2rem }
.notice li { overflow-wrap: anywhere }
/* Content that scrolls horizontally has a shadow on each side with more content. */
.card, pre {
  overflow-x: auto; background-color: var(--card); background-repeat: no-repeat; background-attachment: local, local, scroll, scroll;
  background-size: 3rem 100%, 3rem 100%, .9rem 100%, .9rem 100%; background-position: 0 0, 100% 0, 0 0, 100% 0;
  background-image: linear-gradient(90deg, var(--card) 40%, transparent), linear-gradient(270deg, var(--card) 40%, transparent),
    linear-gradient(90deg, var(--shadow), transparent), linear-gradient(270deg, var(--shadow), transparent);
}
table { width: 100%; border-collapse: collapse }
caption { padding: .7rem .9rem .5rem; text-align: left; color: var(--soft); font-size: .87rem }
th, td { padding: .45rem .65rem; text-align: left; vertical-align: middle; border-top: 1px solid var(--line) }
caption > span { display: inline-block; max-width: min(100%, 62rem, calc(100vw - 4rem)) }
thead th { color: var(--soft); font-size: .8rem; font-weight: 600; white-space: nowrap; vertical-align: bottom }
tbody th { font-weight: 600 }
.n { text-align: right; white-space: nowrap }
.n small, td small { display: block; color: var(--soft); font-size: .8rem; line-height: 1.3 }
.state { min-width: 10rem }
td.wide { width: 20%; min-width: 8rem }
.name { overflow-wrap: anywhere; min-width: 6rem }
td.error { min-width: 14rem; overflow-wrap: anywhere }
.nowrap { white-space: nowrap }
.face { width: 1.35em; height: 1.35em; vertical-align: -.32em; color: var(--neutral) }
.face.positive, .face.very-positive { color: var(--positive) }
.face.negative, .face.very-negative { color: var(--negative) }
.skin { fill: currentColor }
.ink { fill: var(--card) }
.line { stroke: var(--card); stroke-width: 1.7; stroke-linecap: round; stroke-linejoin: round }
.line:not(.ink) { fill: none }
.neutral .ink, .unknown .ink { fill: var(--text) }
.neutral .line, .unknown .line { stroke: var(--text) }
.bar { display: block; width: 100%; height: .8rem; border-radius: .4rem; background: var(--plain) }
rect.positive { fill: var(--positive) } rect.neutral { fill: var(--neutral) } rect.negative { fill: var(--negative) }
.key { display: inline-block; width: .75em; height: .75em; margin: 0 .3em 0 .7em; border-radius: .2em }
.key.positive { background: var(--positive) } .key.neutral { background: var(--neutral) }
.key.negative { background: var(--negative) }
.plus { color: var(--positive-text) } .minus { color: var(--negative-text) }
.pill { display: inline-block; padding: .05rem .6rem; border-radius: 1rem; background: var(--plain); font-size: .87rem; font-weight: 600; white-space: nowrap }
.pill.up, .pill.ready { background: var(--good); color: var(--good-text) }
.pill.down, .pill.failed, .pill.not-ready { background: var(--bad); color: var(--bad-text) }
.terms { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 34rem), 1fr)); gap: .75rem }
.terms caption { color: var(--text); font-weight: 600 }
.terms caption small { color: var(--soft); font-weight: 400; font-size: .87rem }
.terms th, .terms td { padding: .25rem .5rem }
.terms th:first-child { padding-left: .9rem; width: 2.2rem; color: var(--soft); font-weight: 400 }
.terms table { table-layout: fixed }
.term { display: flex; gap: .4em; align-items: center }
.term bdi { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; flex: 0 1 auto }
.term .face { flex: none; width: 1.1em; height: 1.1em }
.terms .term small { display: inline; margin-left: auto }
details { padding: .7rem .9rem }
summary { cursor: pointer; font-weight: 600 }
pre { margin: .7rem 0 0; overflow-x: auto; font: 13px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; tab-size: 2 }
footer { margin-top: 2rem; color: var(--soft); font-size: .87rem }
.again th { color: var(--soft); font-weight: 400 }
.choice { display: none }
@media (max-width: 40rem) {
  th, td { padding: .4rem .6rem }
  h2 { margin-top: 1.5rem }
  nav ul { gap: .3rem 1rem }
  .choice { display: flex; gap: .4rem; align-items: center; margin: 0; padding: .7rem .9rem 0; border: 0; color: var(--soft); font-size: .87rem }
  .choice legend { float: left; padding: 0; margin-right: .3rem }
  .choice label { padding: .1rem .7rem; border: 1px solid var(--line); border-radius: 1rem; color: var(--text) }
  .choice label:has(:checked) { background: var(--plain); font-weight: 600 }
  .choice label:focus-within { outline: 2px solid var(--link); outline-offset: 2px }
  .choice input { position: absolute; opacity: 0 }
${CHOICES}
  .terms .term:has(> small.nowrap) { flex-wrap: wrap; row-gap: 0 }
  .terms .term > small.nowrap { flex-basis: 100%; margin-left: 0 }
  .cards, .cards tbody { display: block }
  .cards caption { display: block }
  .cards thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
  .cards tr { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .15rem 1rem; padding: .6rem .9rem; border-top: 1px solid var(--line) }
  .cards th, .cards td { padding: .1rem 0; border: 0; text-align: left; white-space: normal; overflow-wrap: anywhere; min-width: 0 }
  .cards th { grid-column: 1 / -1; font-size: 1.05rem }
  .cards td::before { content: attr(data-label); display: block; color: var(--soft); font-size: .8rem }
  .cards td small { display: inline-block }
  .cards .state small { display: block; padding-top: .2rem }
  .cards .wide, .cards .state, .cards .error { grid-column: 1 / -1; width: auto; min-width: 0 }
}
`

/** What the page may load: its own style, allowed by its hash, and its inline icon. */
export const PAGE_POLICY: Record<string, string[]> = {
  'default-src': ["'none'"],
  'style-src': [`'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`],
  'img-src': ['data:'],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'frame-ancestors': ["'none'"],
}
