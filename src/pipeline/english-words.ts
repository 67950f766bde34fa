/**
 * Words that are common in English posts and hardly in use in other languages with Latin letters: those that stand in
 * eighteen of the 49,439 tweets of SemEval 2013 to 2016 or more, less those that other languages have too, and swear words.
 */
const WORDS = new Set(
  `
  able about above absolute absolutely abuse accept accepted access accident according account across act
  acting action active activities acts actually add added address adidas admit adorable adult advance
  advanced advantage advice afraid after afternoon again against age agenda agent ages ago agree agreed
  agreement ahead ahhh ain't aint air airport alarm albums alert aliens alive all allow allowed almost alone
  along alongside alot already alright also although always amateur amazing amen amend amendment among
  amount and angry annabelle anniversary announce announced announcement announces announcing annoying
  annual another answer answers anthem any anybody anymore anyone anything anyway anywhere apart apology
  apparently appeal appear appearance appeared appears apply appreciate apps area aren't arena argument arms
  army around arrested arrival arrive arrived arrives art article artist artists ashton aside ask asked
  asking asks asleep assist ate attack attacks attempt attend attending audience audio author authority
  available ave average avoid award aware awareness away awesome awful awhile awkward aww babe baby bachelor
  back background backs backstage badly bae bag bags ball balls ban band bands bang bank barely base
  baseball based bases bash basically basketball batting battle bday beach bear bears beast beat beating
  beats beautiful beauty became because become becomes becoming bed beef been beer before began begin
  beginning begins behind being believe believes bell bella below belt bench benefit besides best beta
  better between beyond bias bible big bigger biggest bike bill billboard billion bills bird birdie birth
  birthday black blame blast bless blessed blew blind block bloody blow blue blues board body bomb bonus boo
  book booked books booth border bored boring born boss both bottle bottom bought bound bout box boxing boy
  boyfriend boys brain brand break breakfast breaking breaks briana briana's bridge bright brilliant bring
  bringing brings broadcast broke broken brother brothers brought bruh btw bucks buddy budget build building
  built bullshit bunch burn burning burns bus business busy butt buy buying buzz bye c'mon cabinet cable
  cafe cake calendar call called calling calls calm cam came camp campaign campus can can't cancel cancelled
  cancer candidate candidates candy cannot cant cap captain car card cards care career cares carpet carry
  cars case cash cast cat catch catching cats caught cause celebrate celebrated celebrates celebrating
  celebration cell center centre century ceremony certain certainly challenge champ champion champions
  championship chance chances change changed changes changing channel chapter character characters charge
  charged charges charity chart charts chase cheap check checked checking cheer cheers cherry chicken chief
  chiefs child children children's chill chocolate choice choose church cinema citizens city civil claim
  claimed claims clash class classes classic clean clear clearly click clip clocks close closed closer
  closes closing clothes cloud coach coalition coast code coffee coincidence cold collection college column
  comeback comedy comes comic coming comment comments commercial common community comp company compare
  compared competition complete completely computer concerned concert concerts conference confidence confirm
  confirmed confirms conflict confused congrats consecutive conservative consider considered considering
  console cont contact content contest continue continued continues contract control controller conversation
  convinced cook cool copy corner correct cos cost costume couch could couldn't count counting countries
  country couple course court cousin cover coverage covered covering covers coz crack crap crash crazy
  create created credit credits crew cricket cried criminal crisis cross crossed crowd cruise crush cry
  crying culture cup current currently cut cute cuts cuz cycle dad daily dance dancing dangerous dark data
  date dates daughter day days dead deadline deal deals dear death debate debating debut decent decide
  decided decision deck declared deep defeat defeated defence defend defending defense defensive definitely
  degree delay delayed delicious delivered delivery demand democratic depends derby deserve deserves design
  desperate despite destroy destroyed details device devices devil did didn't didnt died dies diet
  difference different difficult dig digi digital dinner direct direction directly director dirty
  disappointed disaster discovered discuss display district division documentary does doesn't doesnt dog
  dogs doing dollar don't done dont donuts door doors double doubt down download downtown draft drama draw
  dream dreams dress dressed dressing drew drink drinking drinks drive driver driving drop dropped dropping
  drops drug drunk dry dude due dumb dunkin during dying each earlier early earned earth earthquake easier
  easily eastern easy eat eating economic economy edge edition education effect effort eight either elected
  election elections else email emotional end ended ending ends energy enjoy enjoyed enjoying enough enrole
  enter entered entertainment entire entry epic episode episodes equal equality error especially eve even
  evening event events ever every everybody everyday everyone everyone's everything everywhere evidence evil
  exact exactly exam example excellent except exchange excited excitement exciting exclusive excuse
  executive exhibition exist exit expect expected expecting experience explain explains express extra eye
  eyes fab face faces facing fact facts fail failed fair faith fake fall falling falls false fame family
  famous fancy fantastic fantasy far farm fashion fat father fault fave favorite favourite fear feat feature
  featured features featuring fed federal feed feel feeling feelings feels feet fell fellow felt female fest
  festival feud fever few field fifth fight fighter fighting fights figure file fill filled film filming
  films finale finally finals find finding finds fingers finish finished finishes finishing fire fired first
  fish fit five fix flag flash flat flies flight flip floor fly flying foams focus folks follow followed
  followers following food fools foot football force forced foreign forever forget forgive forgot forgotten
  form former forum forward foster found founder four fourth franchise freaking free freedom fresh friend
  friendly friends from front fudge fuel full fully fun funeral funny further future gain gamble game games
  gaming gap garden gas gate gave gear generation genius gets getting giant girl girlfriend girls give given
  gives giving glad glass global glory goal goals goat gods goes goin going gold golf gon gone gonna good
  goodbye goodnight gorgeous got gotta gotten government governor govt grab grace grade grader graders grand
  grant great greatest green greet ground grounds groups growing grown growth guard guess guest guests guide
  guitar gun gunna guy guys had hair half hall ham handle hands hang hanged hanging hangout happen happened
  happening happens happiest happiness happy hard harder has hasn't hate hated have haven't havent having
  he'd he'll he's head headed heading headline headlines heads health healthy hear heard hearing heart
  hearts heat heaven heavy heavyweight heck held hella hello help helped helping helps here's hero heroes
  hes hide high higher highest highlight highlights highly hilarious hill himself hint historic history hit
  hits hitting hmm hmu hockey hold holding holds hole holes holiday holidays home homecoming homer homework
  honest honestly honey honor hood hooked hope hopeful hopefully hopes hoping horn horrible horror horse
  host hosted hosting hottest hour hours house how however huge human hung hurricane hurry hurt husband
  hyped iced idc idea ideas idiot ill illegal illuminations images imagine immigration impact important
  impossible impressed impressive inbetweeners include included including incredible indeed independent
  industry information injured injury inning innings innocent insane inside inspiration inspired instead
  interest interested interesting internet interview interviews into invite invited involved ipod island
  isn't isnt issue issues it'd it'll it's items its itself itv jail jam jealous jersey job jobs join joined
  joining joins joint joke jokes journey joy judge jump jungle junior just justice keep keeping keeps kept
  key keynote kick kicked kicking kicks kid kidding kids kill killed killing kinda kiss kissing kitchen knee
  knew knock know knowing knowledge known knows lab lack ladies lads laid lake lame language lap laptop
  large largest last later latest laugh laughed laughing launch launched launches law lawn laws lay laying
  lazy lead leader leaders leadership leading leads league learn learned least leave leaves leaving led left
  leftovers leg legacy legal legend legendary legit less let let's lets letter letting level levels liberal
  library lie lies life lift light lights liked likely likes limited line lines lineup link linked links
  list listen listened listening lit literally little lives living lmfao loaded loan lock longer longest
  look looked looking looks loose lord lose loses losing loss lost lot lots loud lounge love loved lovely
  loves loving low lower luck lucky lunch luv lying lyrics machine mad made madness magazine mail major
  majority majors make makes making mall man's managed management manager manslaughter many map marathon
  march marching mark marked market marks marriage married marry mars mass massive master match matches mate
  math matter may maybe mayor meal mean means meant media meet meeting meets member members memorial
  memories memory men's mention mentioned mercy mess message metal mic mid middle midfielder midnight might
  mighty miles military million millions min mind mine mins minute minutes miss missed misses missing
  mission mistake mix mixtape mobile model modern mom moment moments money monster month months mood moon
  morning mornings most mostly mother mound mouth move moved movement moves movie movies moving much mum
  murder music musical must myself mysterious nah naked named names nations near nearly need needed needs
  negative neighborhood nervous network never new news next niall's nice nicki's night night's nights nine
  nirvana nite nobody nominated nomination nominations none noon nope nor nose not nothing notice noticed
  novel now nuclear number numbers obsessed obviously ocean ocean's odd odds off offense offensive offer
  offered offering offers office official officially often oil old older omfg one ones online only onto open
  opened opener opening opens opinion opponent opportunity option orange order ordered orders other others
  otherwise our out outfit outs outside over overall own owner owners owns pac pace pack packed pageant paid
  pair palace pancakes panel pants papers parade paradise parents part parties parts party pass passed
  passes passing past path paying peace penalty penny people perfect perform performance performed
  performing performs perhaps period person personally petition phase phone phones photo photos pick picked
  picking picks picture pictures piece pieces pink piss pissed pitch pitcher pitching pizza placed places
  plane planet planning plans plant plate play played player players playing playlist playoff playoffs plays
  please pleasure plenty pls plz point points police policy political politics poll polls pool poor popular
  position positive possible possibly posted poster posts potential power practice pray prayer prayers
  praying pre prefer pregnant premiere premieres prep prepare prepared preparing preseason present presented
  presenting presents presidency president presidential press pressure pretty preview previous price prices
  primary princess print private prize prob probably problem problems process product production profile
  program progress project promise promoting proof proper protect protest proud prove public published pull
  pulled pulling pumped pumpkin purchase pure push pushed put puts putting qtr quality quarter queen
  questions quick quiet quit quite quote race racing racist rain raise rally ran random range ranked rapper
  rare rate rated rather ratings raw ray reach reached reaction read reading ready realised reality realize
  realized really reason reasons recall receive received recent recently recommend record recorded recording
  records reference referring refugee refugees refuse refused regarding region register regret reigns
  related relationship relax release released releases releasing religion religious remain remains rematch
  remember remembered remembering remind reminded reminder reminds remix rep repeat replace replay reply
  report reported reportedly reporting reports request research reserve respect response responsible result
  results return returned returning returns retweet reveal revealed reveals revenge review reviews
  revolution rich rid ride ridiculous riding right rights riot rise rises rising road roast rocking rocks
  role roll roof rookie room rough round rounds route row rugby ruined rule ruled rules ruling rumble rumor
  rumors rumours run runner runners running runs rush sad sadly safe saga said sales same sang save saved
  saving savings saw say saying says scandal scared scary scene scenes schedule scheduled school schools
  science scoop score scored scores scoring screaming screen screening script search season seasons seat
  seats sec second seconds secret section security see seed seeing seek seem seems seen sees selection self
  selfie sell selling semi send sending senior sense sent sentence series serious seriously serve served
  server service services serving session sets setting seven several shall shame share shared shares sharing
  shark she she'll she's shift shine shining ship shipping shirt shirts shock shoes shoot shooting shop
  shopping shore short shorts shot shots should should've shouldn't shout show showed shower showing shown
  shows shut sick side sigh sign signed signing signs silence silent similar simple simply since sing singer
  singing singles sir sis sister sisters sit site sitting situation six size skin skip sky skype slam sleep
  sleeping slide slightly slot slow small smart smartphone smash smh smile smoke snap sneak snow soccer
  solar sold soldier solid solo somebody somehow someone something sometime sometimes somewhere song songs
  soo soon sooo soooo sooooo sorry sort sos soul sound sounds soundtrack source sources space spare speak
  speaking speaks speech speed spend spending spent spin spirit split spoiler spoke sport sports spot
  spotify spots spread spring squad square stadium staff stage stand standard standing stands starring stars
  start started starter starting starts state statement states station stats status stay stayed staying
  stays steal step steps stick stock stoked stood stopped stopping store stores stories storm story straight
  strange strategy streak stream streaming street streets strength stretch strike striker strikes string
  strip strong stronger struggle struggling stuck student students studio study stuff stupid style styles
  success successful such suck sucks suddenly suggest suit summer sunny supply support supported supporters
  supporting suppose supposed sure surely surgery surprise surprised suspended suspension swear sweet swift
  swing system taco tag take taken takes taking tale talent talk talked talking talks tape target taste
  tattoo tax tbh tea teacher teaching team teams tears tech tee teen television tell telling tells temple
  tennis term terms terrible terror terrorist terrorists testing tests text tha than thank thanks that
  that'll that's thats theater theaters their them theme themselves then theory there there's theres these
  they they'd they'll they're they've thin thine thing things think thinking thinks third this tho those
  though thought thoughts threat three threw throne through throw throwback throwing thrown thru tht thunder
  thur thy ticket tickets tie tied ties tight til time times tips tired title titles tix today today's
  together told tomorrow tomorrow's tonight tonight's tonite too took topic tops totally touch tough tour
  tournament towards town track tracks trade traffic tragedy trail trailer train training transfer trash
  travel treat treating tree trend trending trey trial tribute trick tried trip triple troops trouble truck
  true truly trust truth try trying tryna tumblr tune tuned turn turned turning turns tweet tweeted tweeting
  tweets twice twilight twins twitter two type typical ugly ultimate uncle under understand unfortunately
  uni union universe unless unlike until upcoming update updated updates upgrade upload upon upper upset use
  used users uses using usual usually vacation value vanilla venue verse version versus very vice victims
  victory vid videos view viewing views village violence visit visited visiting voice volleyball volume vote
  voted voters votes voting wait waited waiting wake waking walk walked walking walks wall wanna want wanted
  wanting wants warned warning wasn't waste watch watched watching water wave way ways we'd we'll we're
  we've weak wear wearing wears weather web website wedding weed week weekend weekends weekly weeknd weeks
  weight weird welcome well went were weren't western wet what what's whatever when where whether which
  while whilst who who's whoever whole why wide wife wild willing win wind window wine wings winner winners
  winning wins wise wish wishes wishing with within without woke wolf woman women won won't wonder wonderful
  wondering wont woo word words wore work worked working works workshop world world's worldwide worried
  worry worse worship worst worth would would've wouldn't wrap wrestler wrestling write writing written
  wrong wrote wtf xmas xxx y'all yall yard yards yay yea yeah year years yellow yep yes yesterday yet yoga
  you you'd you'll you're you've young your yours yourself youth youtube yrs zayn's zero zone
`
    .trim()
    .split(/\s+/),
)

const WORD = /\p{L}[\p{L}'’]*/gu

/** From this part of its letters on, words that are English make a text English. */
const SHARE = 0.5

/** Whether a text has so many common English words that it is English, however short it is. */
export function isEnglish(text: string): boolean {
  let letters = 0
  let english = 0
  for (const [word] of text.matchAll(WORD)) {
    letters += word.length
    if (WORDS.has(word.toLowerCase().replaceAll('’', "'"))) english += word.length
  }
  return english > 0 && english >= SHARE * letters
}
