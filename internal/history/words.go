package history

// adjectives and heroes are the words of generated names, separated by white
// space. Heroes come from myth, folklore, and books and plays that are in the
// public domain; animals fill the list up.

const adjectives = `
able abundant acoustic active adept ageless agile airy alert alive amber ample
amused ancient angular apt aqua arctic ardent arid artful ashen astute atomic
autumn avid awake aware azure balmy basic blazing blithe bold bonny bouncy
brainy brass brave bright brisk broad bronze bubbly bumpy busy calm candid
canny careful careless casual celestial charming cheerful chilly chosen chrome
civic clean clear clever cloudy coastal cool copper coral cosmic cozy crafty
crimson crisp crooked crystal curious curly curved daily dainty damp dancing
dapper daring dashing dazzling deep deft diligent dramatic dreamy dry dusky
dusty eager early earnest earthy easy elastic electric elegant elfin emerald
eminent empty epic eternal exotic fabled fair faithful familiar famous fancy
fast fearless feathered festive fierce fiery fine firm flaky flat fleet floral
fluffy flying foggy fond fragile frank free fresh friendly frosty frozen
frugal furry gallant gentle giant giddy gifted gilded glad gleaming global
glorious glossy golden good graceful grand granite grateful gray great green
groovy grumpy handy happy hardy hazy healthy hearty heavy helpful hidden high
honest hopeful huge humble humming hungry hushed icy indigo inventive iron
ivory jade jagged jaunty jazzy jolly jovial joyful jumpy keen kind kindly
knotty large laughing lavish leafy light likeable limber limpid liquid little
lively lofty lone long lost loud loving loyal lucid lucky lunar lush magenta
magical majestic marble marvelous massive mature mellow melodic merry metal
mighty mild milky minty misty mixed modern modest moist mossy motley muddy
mysterious narrow neat nebulous new nifty nimble nippy noble noisy novel nutty
oaken obedient old olive opal open orange ornate outgoing oval pastel patient
peaceful pearly perfect perky pink placid plain playful pleasant plucky polar
polished polite powerful precious prime prompt proud pure purple puzzled
quaint quick quiet quirky quizzical radiant rainy rapid rare ready real red
regal regular remarkable ripe robust rocky romantic rosy rough round royal
ruby rugged runic rustic rusty sable salty sandy sapphire scarlet secret
serene shaggy sharp shiny short shy silent silky silver simple sincere skilful
sleek sleepy slender slim slow small smart smiling smoky smooth snappy snowy
snug soft solar solid solitary somber sparkling special speedy spicy spiky
splendid spotted spry stable starry stately steady steep stellar stoic stony
stormy stout strange strong sturdy subtle sudden sunny superb supple sweet
swift tart teal tender thankful thirsty thorny thrifty tidal tidy timid tiny
toasty tough tranquil tricky true trusty twilight twin ultra unique upbeat
upright valiant vast velvet verdant vernal vibrant vintage violet vivid
wandering warm watchful wavy weathered whimsical whole wide wild willing windy
winged wintry wise wistful witty wooden woolly worthy young youthful zany
zealous zesty zippy
`

const heroes = `
acamas acastus achates achelous acheron achilles actaeon adapa adonis adrastus
aegeus aegir aegisthus aello aeneas aengus aeolus aerope aeson aether
agamemnon agave agenor aglaea ahab ahti ajax aladdin alastor albatross albion
alcestis alcides alcinous alcyone alecto ali_baba alice allan_quatermain
aloadae amadis ambrosius amleth ammit amphion amphitrite anansi anchises
androcles andromache andromeda andvari angerona angrboda annabel_lee
anne_shirley antelope anteros antigone antinous antiope antipholus anubis anzu
aphrodite apis apollo arachne aragonite archimago ares arete argus ariadne
ariel arion aristaeus armida artemis artful_dodger arthur_dimmesdale ascanius
asclepius ashputtel asteria astraea atalanta athena athos atlas atreus atropos
attis aunt_polly aurora autolycus aventine baba_yaga bacchus bagheera baldur
baloo balthazar bamber bandersnatch banquo banshee barn_owl baron_munchausen
bartleby basil_hallward basilisk bassanio bast battus baucis beatrice beaver
becky_sharp becky_thatcher belinda bellerophon bellona benedick benvolio
beowulf bes biddy_early bill_sikes bison black_annis black_beauty blackbird
blind_pew blodeuwedd bluebeard bluejay bobcat bogatyr boggart boreas boudica
bragi bran branwen briareus brigid brigit brom_bones brunhild brynhild
bucephalus bullfinch bunyip buttercup buzzard byakko cacus cadmus calchas
caliban calliope callisto calypso camilla candide cap_of_rushes capaneus
captain_ahab captain_flint captain_hook captain_nemo carabas caradoc caribou
carmen carmilla cassandra cassim cassio cassiopeia castor catherine_earnshaw
cecrops celaeno centaur cephalus cepheus cerberus ceres ceridwen cernunnos
ceto chaffinch chamois chanticleer charon charybdis cheetah cheshire_cat
chickadee chimera chingachgook chione chiron chronos chryseis chthonia
cinderella circe clarissa clio clotho clytemnestra clytie cockatrice concordia
condor consus copia coppelia cordelia coridon corineus cormorant cosette
coyote crane creon cressida creusa cronus cu_sith cuchulain culhwch cupid
curlew cybele cyclops cymbeline cyrano daedalus dagda dagon daisy_miller
damocles damon danae danaus daphne daphnis dardanus david_balfour davy_jones
dazhbog deianira deimos deirdre demeter demodocus desdemona deucalion
dian_cecht diana dick_turpin dick_whittington dido diggory diomedes dionysus
dogberry dolphin domovoi don_juan don_quixote donar dorian_gray doris dormouse
dorothy_gale dracula dragonfly dryad dryope dulcinea dylan eagle ebenezer
echidna echo edmond_dantes egeria egret eileithyia einherjar elaine elatus
electra elidor eliza elizabeth_bennet elli eloi emma_woodhouse enceladus
endymion enid enkidu enlil enyo eos epona erato erebus ereshkigal erichthon
erigone eris erlking eros erymanthos esmeralda estella eteocles ethan_frome
eulalia eunomia euphorion euphrosyne europa eurus euryale eurycleia eurydice
eustace euterpe evander evangeline fafnir falada falcon falstaff fama fantine
farinata faunus faust faustulus febris fenghuang fenja fenrir ferdinand fergus
ferret fides figaro finn_mccool firebird firefly flamingo flora
flying_dutchman folly forseti fortinbras fortuna fox frankenstein freki freya
freyr friar_laurence friar_tuck frigg fulgora furina gabriel_oak gaia galahad
galatea gannet ganymede garm gaston gavroche gawain gazelle gecko gefjon
gepetto geraint gerda geri geryon giant_despair gilgamesh gingerbread_man
glaucus glinda gloriana godiva golden_goose goldfinch goldilocks golem goneril
gonzalo goody_blake goshawk grace_poole graeae grania grebe green_knight
gregor_samsa grendel gretel greyhound griffin griselda grouse gudrun guinevere
guivre gull gulliver guy_of_warwick gwydion gwyllion hades hagen halcyon
halfdan hamadryad hamlet hansel hare harmonia haroun harpocrates harpy
harvey_birch hathor hawk hebe hecate hector hecuba hedda_gabler hedgehog heidi
heimdall heinzelmann helen helios helle hemera hengist henry_higgins
hephaestus hera heracles hercules hermes hermia heron hesiod hesperus
hester_prynne hestia hildebrand hippocamp hippogriff hippolyta hippomenes
hobgoblin hodr holda holger hoopoe horatio horatius hornbill horsa horus
hotspur huckleberry hudhud huginn hummingbird humpty_dumpty huon hyacinth
hydra hygieia hylas hyperion hypnos iago ianthe iapetus ibex ibis icarus
ichabod_crane idas idun igraine ilmarinen ilya_muromets imogen impala inanna
ino invisible_man io iolanthe iolaus ion iphicles iphigenia iris isengrim
ishtar isolde ivan_tsarevich ivanhoe ixion jabberwock jack_frost jack_sprat
jackdaw jaguar jane_eyre janus jason jasper_lyle javert jekyll jemima
jenny_greenteeth jenny_wren jim_hawkins jo_march jocasta john_henry
john_thornton jonathan_harker jorinda jormungandr jotun juliet juno jupiter
jurate juturna kaguya kalevipoeg kelpie kestrel keto khonsu kikimora king_lear
king_thrushbeard kingfisher kintaro kite kitsune kiwi kobold koschei kraken
kresnik kriemhild kullervo kvasir lachesis ladon laelaps laertes lamia
lancelot laocoon laomedon laputa lapwing lares lark larunda latona lavinia
leander leda lemminkainen leonato leopard leporello leprechaun leshy lethe
leto leucothea levana leviathan liber libertas libitina linnet lion lir
little_john little_nell llyr lohengrin loki long_john_silver lorelei lotis
louhi lovelace lucina lucy_snowe lugh luna lycaon lycidas lycomedes lynceus
lynx lysander lysistrata mab macbeth macduff mad_hatter maeve maggie_tulliver
magpie maia maid_marian mallard malvolio mammon manannan manatee mandrake
manfred manticore march_hare marmot marsyas marten mary_lennox medb medea
medusa meg_march melampus melanthe meleager melicertes melpomene melusine
memnon menelaus mentor mephisto mercury mercutio merganser merlin merope
merrow metis micawber midas miles_hendon mimir minerva minos minotaur miranda
mister_darcy mister_hyde mister_toad mnemosyne moby_dick mock_turtle mokosh
momotaro momus moneta mongoose moose mopsus mordred morgan_le_fay morgana
morholt morpheus morrigan mother_goose mother_holle mowgli mulan muninn
musidora myrmidon naiad naoise napaea narcissus narwhal nasreddin
natasha_rostova natty_bumppo nausicaa neith nekhbet nemean_lion nemesis
nephele neptune nereid nereus nerissa nerthus nessus nestor nibelung
nicholas_nickleby nidhogg nightingale nimrod nimue ninurta niobe nisus nix
njord noctua norn notus nuada numa nuthatch nyx oberon oceanus ocelot ocypete
odin odysseus oedipus oenone ogier ogma oisin old_mother_hubbard oliver_twist
olivia olwen olympia ombra omphale oonagh ophelia ophion oread orestes oriole
orion orlando orpheus orthrus osiris osmund osprey othello otso otter otus
outis owain owl owlglass ozma ozymandias palaemon palamedes pales pallas
pamina pan panacea pandarus pandora pangloss pangu pantagruel panther papageno
paris parsifal parthenope partridge pasiphae passepartout patroclus
paul_bunyan peacock pecos_bill peer_gynt pegasus peleus pelias pelican pelops
penates penelope penguin penthesilea percival perdita perdix peregrine
periander perse persephone perseus perun peter_pan peter_rugg petrel petruchio
phaedra phaethon phantasus phaon pheasant phileas_fogg philemon philoctetes
philomela phineus phlegethon phobetor phobos phoebe phoenix phorcys phosphor
phrixus phryne picaro pied_piper pierre_bezukhov pierrot pika pimpernel
pinocchio pip_pirrip pipit pirithous plover pluto plutus polixenes pollux
pollyanna polonius polybus polydeuces polydorus polymnia polynices polyphemus
polyxena pomona pooka porphyria porthos portia poseidon prester_john priam
prince_charming prince_hal procne procris procrustes prometheus proserpina
prospero proteus psyche psylla ptah ptarmigan puck puffin puma puss_in_boots
pygmalion pylades pyramus pyrrha pyrrhus python quail quasimodo queen_mab
queequeg quetzal quilp quintus quirinus ragnar rapunzel ratatosk raven
rebecca_rowena red_riding_hood regulus reineke remus renard rhadamanthus rhea
rhesus rhiannon rigoletto rikki_tikki rinaldo rip_van_winkle rob_roy robin
robin_goodfellow robin_hood robinson_crusoe rochester roland romulus ronin
rook rosalind rosencrantz rowena roxane rusalka rustam sadko sagittary salacia
saladin salamander salmacis sancho_panza sandman sandpiper sara_crewe sarpedon
saturn scamander scaramouche scarecrow scarlet_pimpernel scathach scheherazade
scylla seahorse sebastian sedna selene selkie semele semiramis serapis serket
seshat setanta shahrazad shere_khan sherlock sibyl siduri siegfried sif sigurd
sigyn silas_marner silenus silvanus simurgh sinbad sindri sinon sinuhe
sir_bors sir_ector sir_gareth sir_kay sir_lamorak sir_toby_belch sirin
sisyphus skadi skirnir skrymir skylark sleeping_beauty sleipnir snegurochka
snipe snow_queen snow_white sohrab solveig somnus sparrow sphinx starling
stentor stheno stoat stork stribog styx summanus svantovit svyatogor swallow
swan sybil_vane sycorax sylph syrinx tailor_thumb taliesin talos tam_lin
tamino tammuz tanith tannhauser tantalus tapir taranis tarpeia tartarus
telegonus telemachus tellus tengu tern terpsichore tess_durbeyfield tethys
teucer thalia thanatos thaumas theano thecla theia themis theseus thetis
thisbe thor thoth thrush thumbelina thunderbird tiamat tiberinus tiger
tiger_lily till_eulenspiegel timandra tin_woodman tinker_bell tiny_tim tirant
tiresias titania tithonus titurel tityus tlaloc toby_tyler tom_bowling
tom_sawyer tom_thumb toucan touchstone triptolemus tristan tristram_shandy
triton troilus trophonius tuatha turandot turms turnus turtle tybalt tyche
tydeus tyr ugly_duckling ulfhednar ullr ulysses umbriel uncas undine unferth
unicorn urania uranus urd uriah_heep urizen uther utnapishtim vainamoinen vali
valjean valkyrie vanadis vasilisa vathek veles venus verdandi vertumnus vesper
vesta vidar vila viola violetta viracocha virgilia virginia_otis viviane
vodyanoy vole volumnia volund vulcan wagtail walrus warbler water_baby waxwing
wayland weasel wendy_darling werther whale white_hart white_rabbit white_stag
whuppity wild_huntsman wilhelm_tell will_scarlet william_tell winona wolf
wolverine woodcock woodpecker wotan wren wukong xanthippe xolotl yak yeti
yggdrasil ygraine ymir yorick yuki_onna zadig zagreus zal zebra zelus zenobia
zephyr zephyrus zethus zeus zmey zorya
`
