import { type Fragment, type Html, html } from '../../html/html.ts'

/** Maps values to positions on an axis. */
export type Axis = (value: number) => number

export const linear =
  ([low, high]: readonly [number, number], [from, to]: readonly [number, number]): Axis =>
  value =>
    from + ((value - low) / (high - low)) * (to - from)

/** A coordinate with as few digits as are visible. */
export const px = (place: number): string => String(Math.round(place * 10) / 10)

/** A drawing with the given size. `title` describes it for screen readers. */
export function plot(
  { width, height, title, shape = '' }: { width: number; height: number; title: string; shape?: string },
  ...content: Fragment[]
): Html {
  return html`<svg class="plot ${shape}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">${content}</svg>`
}

export const line = (kind: string, x1: number, y1: number, x2: number, y2: number): Html =>
  html`<line class="${kind}" x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}"/>`

export const label = (text: string, x: number, y: number, anchor = 'middle', kind = ''): Html =>
  html`<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}" class="${kind}">${text}</text>`

/** Shapes of marks, in a box of 10 by 10 around the middle: circle, square, diamond, triangle. */
const SHAPES = [
  'M0-4.6a4.6 4.6 0 1 0 .01 0z',
  'M-4-4h8v8h-8z',
  'M0-5.6 5.6 0 0 5.6-5.6 0z',
  'M0-5.2 5 4H-5z',
] as const

/** With more scorers than this, colours repeat; the combination with the shape does not. */
const COLOURS = 8

export const colourOf = (index: number): string => `s${index % COLOURS}`

const shapeOf = (index: number): string =>
  SHAPES[(index + Math.floor(index / COLOURS)) % SHAPES.length] as string

/** The mark of a scorer, at a position in a plot. */
export const mark = (index: number, x: number, y: number, title: string): Html =>
  html`<path class="mark" transform="translate(${px(x)} ${px(y)})" d="${shapeOf(index)}"><title>${title}</title></path>`

/** The mark of a scorer, beside its name. */
export const nameMark = (index: number): Html =>
  html`<svg class="mark ${colourOf(index)}" viewBox="-6 -6 12 12" aria-hidden="true"><path d="${shapeOf(index)}"/></svg>`

export const legend = (names: readonly string[]): Html =>
  html`<ul class="legend">${names.map((name, i) => html`<li>${nameMark(i)}${name}</li>`)}</ul>`
