import { type Html, html } from '../html/html.ts'

/**
 * Buttons to choose the window on a narrow page; a wide page shows all windows without buttons. They precede their
 * table, whose cells have the classes `w` and `w0`, `w1`, … by the index of their window.
 *
 * @param name distinguishes the choices of one page
 */
export function windowChoice(name: string, windows: readonly string[]): Html | false {
  if (windows.length < 2) return false
  // The last window is usually the longest, whose values vary least.
  const last = windows.length - 1
  return html`<fieldset class="choice"><legend>Window</legend>${windows.map(
    (window, place) =>
      html`<label><input type="radio" name="${name}" value="${place}"${place === last && html` checked`}>${window}</label>`,
  )}</fieldset>`
}
