/** The characters from U+00A0 to U+00FF by their names in HTML, in order. */
const LATIN_1 = `
  nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2
  sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc
  Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve
  Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute
  acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde
  ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml
`

/** Further ones: those of ASCII, and others that people type or programs put in. */
const OTHERS = `
  Tab 9 NewLine a excl 21 quot 22 num 23 dollar 24 percnt 25 amp 26 apos 27 lpar 28 rpar 29 ast 2a
  plus 2b comma 2c period 2e sol 2f colon 3a semi 3b lt 3c equals 3d gt 3e quest 3f commat 40 lsqb 5b
  bsol 5c rsqb 5d Hat 5e lowbar 5f grave 60 lbrace 7b vert 7c rbrace 7d OElig 152 oelig 153 Scaron 160
  scaron 161 Yuml 178 fnof 192 circ 2c6 tilde 2dc ensp 2002 emsp 2003 thinsp 2009 zwnj 200c zwj 200d
  lrm 200e rlm 200f ndash 2013 mdash 2014 lsquo 2018 rsquo 2019 sbquo 201a ldquo 201c rdquo 201d bdquo
  201e dagger 2020 Dagger 2021 bull 2022 hellip 2026 permil 2030 prime 2032 Prime 2033 lsaquo 2039
  rsaquo 203a oline 203e frasl 2044 euro 20ac image 2111 trade 2122 larr 2190 uarr 2191 rarr 2192 darr
  2193 harr 2194 rArr 21d2 lArr 21d0 hArr 21d4 infin 221e ne 2260 le 2264 ge 2265 asymp 2248 minus
  2212 radic 221a sum 2211 prod 220f spades 2660 clubs 2663 hearts 2665 diams 2666 star 2606 starf
  2605 check 2713 cross 2717 phone 260e hyphen 2010 horbar 2015 half bd Alpha 391 Beta 392 Gamma 393
  Delta 394 Epsilon 395 Zeta 396 Eta 397 Theta 398 Iota 399 Kappa 39a Lambda 39b Mu 39c Nu 39d Xi 39e
  Omicron 39f Pi 3a0 Rho 3a1 Sigma 3a3 Tau 3a4 Upsilon 3a5 Phi 3a6 Chi 3a7 Psi 3a8 Omega 3a9 alpha 3b1
  beta 3b2 gamma 3b3 delta 3b4 epsilon 3b5 zeta 3b6 eta 3b7 theta 3b8 iota 3b9 kappa 3ba lambda 3bb mu
  3bc nu 3bd xi 3be omicron 3bf pi 3c0 rho 3c1 sigmaf 3c2 sigma 3c3 tau 3c4 upsilon 3c5 phi 3c6 chi
  3c7 psi 3c8 omega 3c9
`

const words = (list: string) => list.trim().split(/\s+/)

const NAMED = new Map(words(LATIN_1).map((name, i) => [name, String.fromCharCode(0xa0 + i)]))
for (const [i, word] of words(OTHERS).entries())
  if (i % 2 === 1) NAMED.set(words(OTHERS)[i - 1] as string, String.fromCodePoint(Number.parseInt(word, 16)))

/** What the numbers from 128 to 159 mean, which programs take from Windows-1252. */
const WINDOWS_1252 = new TextDecoder('windows-1252').decode(
  Uint8Array.from({ length: 32 }, (_, i) => 128 + i),
)

/**
 * The character that an entity stands for, by its name or number; '' for a name that is not known, U+FFFD for a number
 * that is none of a character.
 *
 * @see https://html.spec.whatwg.org/multipage/named-characters.html
 */
export function characterOf(entity: string | number): string {
  if (typeof entity === 'string') return NAMED.get(entity) ?? ''
  if (entity >= 128 && entity < 160) return WINDOWS_1252[entity - 128] as string
  const isCharacter = entity > 0 && entity <= 0x10ffff && !(entity >= 0xd800 && entity <= 0xdfff)
  return isCharacter ? String.fromCodePoint(entity) : '\ufffd'
}
