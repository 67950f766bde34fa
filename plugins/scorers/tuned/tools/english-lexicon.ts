/**
 * English words of approval and disapproval about products, places and services that neither word list has, written
 * for this project. All forms are listed, because words are looked up as they are.
 */
const GOOD = `affordable airy attentive beautifully bingeable breathable chic classy cleanly cosy cozy crisp crispy
decently dependable durable ergonomic fluffy flavorful flavourful foolproof functional glitchless hydrated immersive
inexpensive intuitive juicy knowledgeable legible lightweight lush moist nutritious organized organised pain-free
punctual reasonable relatable responsive roomy rugged seamless seamlessly silky sleek snappy soundproof spacious speedy
spotless streamlined sturdy stylish succulent tender timely unbeatable uncluttered unputdownable versatile vibrant walkable
well-made wholesome worthwhile zippy yummy`
const BAD = `achy airless backordered bland bloated bloatware blotchy blurry bogus breakage brittle buggy bug bugs bulky
bumpy cheaply choppy chewy clunky clogged clumsy congested convoluted corny counterfeit cracked cracks cramped crappy
creak creaks creaky cringe cringey crowded cumbersome dated defect defects defective delayed delay delays disorganized
disorganised downside downsides drab drafty drain drains drawback drawbacks dreary drowsy dusty expensive faded fake faulty
flake flaky flaw flaws flawed flicker flickers flimsy foggy forgettable freeze freezes froze frizzy fuss fussy
fuzzy gimmick gimmicky glare glitch glitches glitchy grainy greasy gritty grimy hassle hassles heartburn hiccup hiccups
humid inaudible inconsistent inconvenience inedible infested itchy issue issues jam jams jerky knockoff lacklustre lackluster laggy
lag lags lagged laggy leak leaks leaked leaky lumpy meh messy misleading mold moldy mould mouldy muffled murky
mushy nauseous noise noises noisy obnoxious oily outage outages outdated overcharge overcharged overcooked overheat overheats
overheating overhyped overpriced overrated overwhelming pesky pixelated pothole pricey pushy rancid rattle rattles
rattling redundant refund repetitive reeks rigged rip-off ripoff rotten rubbery rushed rust rusty scratch scratches
scratched scratchy scuffed shaky shoddy sketchy sloppy slow slower slowly sluggish smelly smell smells soggy spam spammy
squeak squeaks squeaky stain stains stained stale stiff sticky stuffy stutter stutters stuttering subpar tacky tasteless
tedious tiresome typo typos unappealing uncooked undercooked underwhelming uneven unfinished unhelpful unreadable
unresponsive unusable wobbly wonky wrinkled `

const VALENCE = 1.8

/** Words with their valences, from -4 to 4. */
export function readEnglishLexicon(): Map<string, number> {
  const split = (words: string) => words.trim().split(/\s+/)
  return new Map([
    ...split(GOOD).map((word): [string, number] => [word, VALENCE]),
    ...split(BAD).map((word): [string, number] => [word, -VALENCE]),
  ])
}
