import { type Html, html } from '../../../src/html/html.ts'

/** The text of a panel without data: its `noValue`. */
export const noData = (text = 'No data'): Html => html`<div class="message">${text}</div>`

/** The text of a panel that cannot be drawn. */
export const failure = (text: string): Html => html`<div class="message failure">${text}</div>`
