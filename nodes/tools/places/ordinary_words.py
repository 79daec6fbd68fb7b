"""Ordinary words, first names and regions that are some city's name too: alone and in lower case they mean no city."""

from __future__ import annotations

ORDINARY_WORDS = frozenset(
    """
    acre acton adler airport ali allen alliance alta altar ama america american amos anderson andes ann anna annex
    antarctica anthem apex ariel arizona arnold ascot asia avon badger banda banning bar barking barry bath batman bay
    bear bell bella bend bender best boom boone borne bose boulder bow bra brad bradley brandon bray brazil brent brick
    brody bryan bulgarian burton bury bush buy can canadian canning cary casper cat central centro chandler chester chin
    china claudio clay clive cocoa coin colon colorado come commonwealth concord converse corona country cove crewe
    crystal dali date david davis deal defiance delta depot derby dig dire dome donna dover drama draper dual dumont
    eagle eden elizabeth enterprise eugene evans evergreen fate federal fleet flint flora florida foley forest fountain
    france gap gary gay genes george georgia german germany gil gilbert gloria god goes gold golden gore green greenwood
    griffin groves hail hale hang harper hassan hays helena hem hercules hermitage highland hillside hire hit ho holiday
    homestead homo honda hook horde horn hub hull humble hurricane imperial inca independence india indiana irving
    italian italy jackson jam japan jasper jupiter kant kara katy keystone kim kira lakeside laura leek lend lens leon
    leslie lewis liberal liberty lime limo linda lion logan logos lola lone lucas luz mage male man manage mango manly
    march maria marina marion marks martin mary mascara mascot mason master median medina mentor meridian mesa metro
    midland midway mile mine minus mission mobile mon montana moore moss most much mustang nelson nice nigel normal
    norman ode of officer olympic opportunity oral orange orchards oregon orion overland palo panorama para paradise
    parole paula paulina pearl peer pen plantation plaque plato plum plunge police ponce poole pop portage posse
    pristine punch queen queens rama reading regina republic reservoir rest retreat rich roman ron roses roy rugby ruse
    russia rye saint sake sale sales salt samba same samson sandy sarah savage save say seaside sebastian sedan semi
    shaping shirley shone shoreline sidney sim solo soul spain sparks split spring springs stains stella stirling stoke
    stuart summit sunrise sunset superior sur surprise susan swords taft tame tango tank tara tata taylor temple tequila
    teresa terminus terrace than thorne time tire to tome tours tracy train troy tunes turbo tyler una union university
    upland uptown valley van vera vernon vic vicar victor vincent vine vineyard virginia vista vulcan wai walnut ware
    warren wayne wedding weir wheeling wil wilson woodland worms wright wyoming yoga young yukon zion
    """.split()
)
