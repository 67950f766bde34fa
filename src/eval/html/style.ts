import { STYLE } from '../../html/style.ts'

/**
 * The style of the status page, and of plots. Scorers differ by colour (the palette of Okabe and Ito, which is safe
 * for all kinds of colour blindness) and by the shape of their mark.
 */
export const REPORT_STYLE = `${STYLE}
:root {
  --s0: #0072b2; --s1: #c14f00; --s2: #00795a; --s3: #b0508a; --s4: #a87400; --s5: #3d8fc4; --s6: #7a5a45; --s7: #555d66;
  --grid: #e6e8ea; --heat: #0072b2; --heat-top: 50%;
}
@media (prefers-color-scheme: dark) {
  :root {
    --s0: #56b4e9; --s1: #f08b46; --s2: #2fc49b; --s3: #e29cc3; --s4: #f0c04a; --s5: #a5d6f7; --s6: #cdae95; --s7: #b5bcc5;
    --grid: #2a3038; --heat: #2a7fb8; --heat-top: 62%;
  }
}
h1 { display: block; overflow-wrap: anywhere }
h2 .mark { width: 1em; height: 1em; vertical-align: -.12em; margin-right: .15em }
h3 { margin: 0 0 .2rem; font-size: 1rem }
.lead { max-width: 60rem }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr)); gap: .75rem; margin-top: .75rem; align-items: stretch }
.plots.wide { grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)) }
figure { margin: 0; padding: .8rem .9rem .6rem; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; overflow-x: auto }
figcaption { margin-bottom: .5rem; font-weight: 600 }
figcaption small { display: block; font-weight: 400; color: var(--soft); font-size: .84rem }
svg.plot { display: block; width: 100%; height: auto; max-width: 44rem; margin: 0 auto; font-size: 12px; overflow: visible }
.plots svg.plot.square { max-width: 26rem }
svg.plot text { fill: var(--soft); font-variant-numeric: tabular-nums }
svg.plot text.strong { fill: var(--text); font-weight: 600 }
.grid { stroke: var(--grid); stroke-width: 1 }
.axis { stroke: var(--line); stroke-width: 1 }
.ideal, .threshold { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 4 4; fill: none }
.gap { stroke: currentColor; stroke-width: 1.5; opacity: .35 }
.trace { stroke: currentColor; stroke-width: 1.5; fill: none; opacity: .6 }
.whisker { stroke: currentColor; stroke-width: 1.5; opacity: .7 }
.mark { fill: currentColor }
.point { fill: currentColor; fill-opacity: .55; stroke: currentColor; stroke-width: 1 }
${[0, 1, 2, 3, 4, 5, 6, 7].map(i => `.s${i} { color: var(--s${i}) }`).join(' ')}
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; margin: .2rem 0 .5rem; padding: 0; list-style: none; font-size: .87rem }
.legend svg, th svg.mark { width: .85em; height: .85em; vertical-align: -.06em; margin-right: .35em }
td.heat { text-align: right; background: color-mix(in srgb, var(--heat) calc(var(--part) * var(--heat-top)), var(--card)) }
td.heat small { color: inherit }
tbody th small { font-weight: 400 }
td.best { font-weight: 700 }
td.text { min-width: 16rem; overflow-wrap: anywhere }
td.text small { margin-top: .2rem }
table.tight caption { padding: .5rem .6rem .3rem }
details.card, .plots + .card { margin-top: .75rem }
tr.aside th, tr.aside td { border-top: 0; padding-top: 0; color: var(--soft); font-weight: 400; font-size: .87rem }
tr.aside th { padding-left: 2.1rem }
.shares .key:first-child { margin-left: 0 }
table.tight th, table.tight td { padding: .35rem .6rem }
dl.words { display: grid; grid-template-columns: minmax(9rem, max-content) 1fr; gap: .35rem 1.2rem; margin: .5rem 0 0 }
dl.words dt { font-weight: 600 } dl.words dd { margin: 0; color: var(--soft) }
.shares { max-width: 30rem; margin: .5rem 0 }
@media (max-width: 40rem) { dl.words { grid-template-columns: 1fr; gap: 0 } dl.words dd { margin-bottom: .5rem } }
@media print { body { max-width: none } figure, .card { break-inside: avoid } }
`
