import { expect, test } from 'vitest'
import { textOfHtml } from './html.ts'

test('tags are removed, and blocks become separate lines', () => {
  expect(textOfHtml('<p>so <b>nice</b></p><p>second<br />line</p>\n<ul><li>a</li><li>b</li></ul>')).toBe(
    'so nice\nsecond\nline\na\nb',
  )
})

test('hashtags, mentions and links are their visible text', () => {
  const tag =
    '<a href="https://social.example/tags/kettle" class="mention hashtag" rel="tag">#<span>kettle</span></a>'
  const mention =
    '<span class="h-card"><a href="https://social.example/@some" class="u-url mention">@<span>some</span></a></span>'
  const link =
    '<a href="https://example.org/long"><span class="invisible">https://</span><span>example.org/</span><span class="invisible">long</span></a>'
  expect(textOfHtml(`<p>${tag} by ${mention}, ${link}</p>`)).toBe(
    '#kettle by @some, https://example.org/long',
  )
})

test('entities are decoded once, by name or number', () => {
  expect(
    textOfHtml(
      'isn&#39;t &amp;lt; &quot;x&quot; caf&eacute; &#x1F600; &hellip; &rsquo; &#8217; &hearts; &euro;',
    ),
  ).toBe('isn\'t &lt; "x" café 😀 … ’ ’ ♥ €')
  expect(textOfHtml('it&#146;s 5&nbsp;&lt; 6 AT&ampT &amp T &nosuch; &#0; &#xD800;')).toBe(
    'it’s 5 < 6 AT&T & T &nosuch; \ufffd \ufffd',
  )
})

test('a "<" that begins no tag is text', () => {
  for (const text of ['I <3 you', '5 < 6 > 4', 'a <', '</3', '<b', '<>'])
    expect(textOfHtml(`${text}`)).toBe(text)
  expect(textOfHtml('&lt;3 and <3 and &lt;b&gt;')).toBe('<3 and <3 and <b>')
  expect(textOfHtml('<p>so sad </3 but <3 <b>too</b></p>')).toBe('so sad </3 but <3 too')
})

test('comments, scripts and styles are not text', () => {
  expect(
    textOfHtml('a<!-- <b>x</b> --><script>if (1 < 2) x("</p>")</script><STYLE>p {}</STYLE><!DOCTYPE html>b'),
  ).toBe('ab')
})

test('an image becomes its alternative text', () => {
  expect(textOfHtml('so good <img class="emoji" alt="😀" src="x.png"><img src=y.png>')).toBe('so good 😀')
  expect(textOfHtml('<a title="a > b" href=\'x\'>link</a>')).toBe('link')
})

test('white space is as a browser shows it', () => {
  expect(textOfHtml('<p>\n  one\n  two </p>\n\n<p> three</p>')).toBe('one two\nthree')
})

test('text without HTML stays unchanged', () => {
  for (const text of ['', '  plain\n text  ', '갤럭시 😀']) expect(textOfHtml(text)).toBe(text)
})

test('any text is read in one pass', () => {
  for (const piece of [
    '<',
    '<a',
    '<a href="',
    "<a b='>",
    '&',
    '&#',
    '&amp',
    '<!--',
    '<style>',
    '<style',
    '</',
    '<p>',
    '>',
    '<a "',
  ])
    expect(textOfHtml(piece.repeat(20_000)).length).toBeLessThanOrEqual(20_000 * piece.length)
})
