import { type Html, html } from '../html/html.ts'

/**
 * Buttons that choose which window a narrow page shows; a wide one shows all of them and has no buttons. They are
 * before the table that they are for, whose cells have the classes `w` and `w0`, `w1`, … by the place of their window.
 *
 * @param name tells the choices of one page apart
 */
export function windowChoice(name: string, windows: readonly string[]): Html | false {
  if (windows.length < 2) return false
  // Windows grow longer in most configurations, and the longest is the calmest.
  const last = windows.length - 1
  return html`<fieldset class="choice"><legend>Window</legend>${windows.map(
    (window, place) =>
      html`<label><input type="radio" name="${name}" value="${place}"${place === last && html` checked`}>${window}</label>`,
  )}</fieldset>`
}
