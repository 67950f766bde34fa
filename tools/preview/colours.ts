/** The background of panels and the colours of text: Grafana's dark theme. */
export const THEME = {
  page: '#111217',
  panel: '#181b1f',
  border: '#2b2d33',
  text: '#ccccdc',
  faint: '#8e8f9b',
  grid: '#2a2d34',
} as const

/** Grafana's named colours in the dark theme: those of its classic palette, and a few more. */
const NAMED: Record<string, string> = {
  green: '#73bf69',
  'semi-dark-yellow': '#f2cc0c',
  blue: '#5794f2',
  orange: '#ff9830',
  red: '#f2495c',
  purple: '#b877d9',
  'dark-green': '#37872d',
  'dark-yellow': '#e0b400',
  'dark-blue': '#1f60c4',
  'dark-orange': '#fa6400',
  'dark-red': '#c4162a',
  'dark-purple': '#8f3bb8',
  'super-light-green': '#c8f2c2',
  'super-light-yellow': '#fff899',
  'super-light-blue': '#c0d8ff',
  'super-light-orange': '#ffcb7d',
  'super-light-red': '#ffa6b0',
  'super-light-purple': '#deb6f2',
  yellow: '#fade2a',
  text: THEME.text,
  transparent: 'transparent',
}

/** The colours after the eighteen named ones in the classic palette. */
const MORE = `447ebc c15c17 890f02 0a437c 6d1f62 584477 b7dbab f4d598 70dbed f9ba8f f29191 82b5d8 e5a8e2 aea2e0 629e51
  e5ac0e 64b0c8 e0752d bf1b00 0a50a1 962d82 614d93 9ac48a f2c96d 65c5db f9934e ea6460 5195ce d683ce 806eb7 3f6833 967302
  2f575e 99440a 58140c 052b51 511749 3f2b5b e0f9d7 fceaca cffaff f9e2d2 fce2de badff4 f9d9f9 dedaf7`

const CLASSIC = [
  ...Object.values(NAMED).slice(0, 18),
  ...MORE.trim()
    .split(/\s+/)
    .map(hex => `#${hex}`),
]

/**
 * A colour as CSS, from Grafana's name for it or from a CSS colour.
 * @throws Error for a name that the preview does not support
 */
export function colourOf(name: string): string {
  const colour = NAMED[name] ?? (/^(#|rgb)/.test(name) ? name : undefined)
  if (!colour)
    throw new Error(`the preview does not know the colour "${name}": add it to tools/preview/colours.ts`)
  return colour
}

/** Red, green and blue of `#rrggbb`, from 0 to 255. */
const channels = (colour: string) => [1, 3, 5].map(at => Number.parseInt(colour.slice(at, at + 2), 16))

/** Relative luminance, from 0 (black) to 1, as WCAG 2 defines it. */
function luminance(colour: string): number {
  const [red, green, blue] = channels(colour).map(channel => {
    const part = channel / 255
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** Contrast of two colours, from 1 to 21, as WCAG 2 defines it. */
export function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

/** The text colour that is more readable on this background. */
export const onGround = (colour: string): string => (contrast('#ffffff', colour) >= 3 ? '#ffffff' : '#111217')

/** The classic palette without the colours that are invisible on a panel. */
const VISIBLE = CLASSIC.filter(colour => contrast(colour, THEME.panel) >= 3)

/** The colour of a series in the mode `palette-classic-by-name`: a hash of its name (djb2) chooses, as in Grafana. */
export function colourByName(name: string): string {
  let hash = 5381
  for (let i = name.length; i > 0; i--) hash = (hash * 33) ^ name.charCodeAt(i - 1)
  return VISIBLE[(hash >>> 0) % VISIBLE.length] as string
}

/** The colour of a series in the mode `palette-classic`, by its index. */
export const colourByIndex = (index: number): string => CLASSIC[index % CLASSIC.length] as string

/** Colours for quantities, in ascending order. Stops of the scheme of Nuñez, Anderton and Renslow (2018). */
const SCHEMES: Record<string, string[]> = {
  Cividis: [
    '#00224e',
    '#123570',
    '#3b496c',
    '#575d6d',
    '#707173',
    '#8a8678',
    '#a59c74',
    '#c3b369',
    '#e1cc55',
    '#fee838',
  ],
}

/**
 * A colour of a scheme at a position from 0 to 1.
 * @throws Error for a scheme that the preview does not support
 */
export function schemeColour(name: string, part: number): string {
  const stops = SCHEMES[name]
  if (!stops)
    throw new Error(
      `the preview does not know the colour scheme "${name}": add it to tools/preview/colours.ts`,
    )
  const at = Math.min(Math.max(part, 0), 1) * (stops.length - 1)
  const low = channels(stops[Math.floor(at)] as string)
  const high = channels(stops[Math.ceil(at)] as string)
  const mixed = low.map((channel, i) => Math.round(channel + ((high[i] as number) - channel) * (at % 1)))
  return `rgb(${mixed.join(', ')})`
}
