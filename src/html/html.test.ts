import { expect, test } from 'vitest'
import { escapeHtml, html } from './html.ts'

test('text is escaped, in content and in attributes', () => {
  const hostile = `</td><script>alert("1" + '2')</script>&amp;`
  expect(`${html`<td title="${hostile}">${hostile}</td>`}`).toBe(
    '<td title="&lt;/td&gt;&lt;script&gt;alert(&quot;1&quot; + &#39;2&#39;)&lt;/script&gt;&amp;amp;">' +
      '&lt;/td&gt;&lt;script&gt;alert(&quot;1&quot; + &#39;2&#39;)&lt;/script&gt;&amp;amp;</td>',
  )
})

test('markup stays as it is, lists are joined, and what is absent is empty', () => {
  const items = ['<a>', 2].map(item => html`<li>${item}</li>`)
  expect(`${html`<ul>${items}${null}${undefined}${false}</ul>`}`).toBe(
    '<ul><li>&lt;a&gt;</li><li>2</li></ul>',
  )
})

test('zero is shown', () => {
  expect(`${html`<b>${0}</b>`}`).toBe('<b>0</b>')
})

test('characters that HTML forbids are replaced; line ends and tabs stay', () => {
  expect(escapeHtml('a\0b\x1bc\x7fd\x85e\tf\ng')).toBe('a\uFFFDb\uFFFDc\uFFFDd\uFFFDe\tf\ng')
})
