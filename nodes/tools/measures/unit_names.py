"""The units people use, by every name they use for them: a static table, so that finding a unit needs no pint.

A row is `name in pint | symbol shown | names | symbols`; names are matched in any case and with a plural -s,
symbols as written (then in any case). `_` stands for a space, `*` before what is shown for a word with a plural.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

_ROWS = """
inch                 | in         | inch inches                            | in in. ″ "
foot                 | ft         | foot feet                              | ft ft. fts ′ '
yard                 | yd         | yard                                   | yd yd. yds
mile                 | mi         | mile statute_mile                      | mi mi.
nautical_mile        | nmi        | nautical_mile sea_mile                 | nmi NM
furlong              | *furlong   | furlong                                |
fathom               | *fathom    | fathom                                 | ftm
rod                  | *rod       | rod                                    |
chain                | *chain     | chain                                  |
league               | *league    | league                                 |
hand                 | *hand      | hand                                   |
angstrom             | Å          | angstrom ångström                      | Å
micrometer           | µm         | micron                                 |
astronomical_unit    | au         | astronomical_unit                      | au AU
light_year           | ly         | light_year lightyear                   | ly lyr
parsec               | pc         | parsec                                 | pc
kilogram             | kg         | kilo                                   |
pound                | lb         | pound                                  | lb lb. lbs lbs.
ounce                | oz         | ounce                                  | oz oz. ozs
stone                | st         | stone                                  | st
short_ton            | *ton       | ton short_ton us_ton                   |
metric_ton           | t          | tonne metric_ton metric_tonne          | t MT
long_ton             | *long_ton  | long_ton imperial_ton                  |
carat                | ct         | carat                                  | ct
grain                | gr         | grain                                  | gr
troy_ounce           | oz_t       | troy_ounce                             | ozt
slug                 | *slug      | slug                                   |
dalton               | Da         | dalton atomic_mass_unit                | Da
second               | *second    | second sec secs                        | s
minute               | *minute    | minute min mins                        | min
hour                 | *hour      | hour hr hrs                            | h hr hrs
day                  | *day       | day                                    | d
week                 | *week      | week wk wks                            | wk
fortnight            | *fortnight | fortnight                              |
month                | *month     | month mos                              | mo
year                 | *year      | year yr yrs                            | yr
ten_years            | *decade    | decade                                 |
century              | *century   | century centuries                      |
millennium           | *millennium | millennium millennia                   |
degC                 | °C         | celsius centigrade                     | °C °_C ºC C ℃
degF                 | °F         | fahrenheit                             | °F °_F ºF F ℉
kelvin               | K          | kelvin                                 | K °K
degR                 | °R         | rankine                                | °R
common_acre          | *acre      | acre                                   | ac
hectare              | ha         | hectare                                | ha
liter                | L          | liter litre                            | L l ltr ltrs
gallon               | gal        | gallon us_gallon                       | gal gal. gals
imperial_gallon      | imp_gal    | imperial_gallon uk_gallon              |
quart                | qt         | quart                                  | qt
pint                 | pt         | pint us_pint                           | pt
imperial_pint        | imp_pt     | imperial_pint uk_pint british_pint     |
cup                  | *cup       | cup us_cup                             |
tablespoon           | tbsp       | tablespoon table_spoon                 | tbsp tbsps Tbsp tbs
teaspoon             | tsp        | teaspoon tea_spoon                     | tsp tsps
fluid_ounce          | fl_oz      | fluid_ounce                            | fl_oz fl._oz. floz fl_oz.
oil_barrel           | bbl        | barrel oil_barrel                      | bbl
bushel               | bu         | bushel                                 |
centimeter**3        | cm³        |                                        | cc ccm
centimeter**2        | cm²        |                                        | sqcm
meter**2             | m²         | square_metre                           | sqm
foot**2              | ft²        |                                        | sqft
mile/hour            | mph        | mph                                    | mph
kilometer/hour       | km/h       | kph kmph kmh km/hr km/h                | kph kmh
knot                 | kn         | knot                                   | kn kt kts
speed_of_light       | c          | speed_of_light                         |
mile/gallon          | mpg        | mpg                                    | mpg
liter/hundred_kilometers | L/100_km   | l/100km l/100_km                       | L/100km L/100_km
calorie              | cal        | calorie                                | cal
kilocalorie          | kcal       | kilocalorie food_calorie               | kcal Cal kcals
british_thermal_unit | BTU        | british_thermal_unit btu               | BTU Btu
foot_pound           | ft·lb      | foot_pound                             | ft-lb ft·lb ftlb ft-lbs
therm                | *therm     | therm                                  |
horsepower           | hp         | horsepower horse_power                 | hp HP bhp
atmosphere           | atm        | atmosphere                             | atm
pound_force_per_square_inch | psi        | psi pounds_per_square_inch pound_per_square_inch | psi PSI
mmHg                 | mmHg       | mmhg mm_hg millimeters_of_mercury millimetres_of_mercury | mmHg
inHg                 | inHg       | inhg inches_of_mercury                 | inHg
torr                 | Torr       | torr                                   |
pound_force          | lbf        | pound_force                            | lbf
dyne                 | dyn        | dyne                                   |
degree               | °          | degree deg                             | ° º
radian               | rad        | radian                                 | rad
arcminute            | arcmin     | arcminute arc_minute minute_of_arc     | arcmin
arcsecond            | arcsec     | arcsecond arc_second                   | arcsec
gradian              | gon        | gradian gon                            |
turn                 | *turn      | revolution full_turn                   | rev
revolutions_per_minute | rpm        | rpm revolutions_per_minute             | rpm RPM
mole                 | mol        | mole                                   | mol
candela              | cd         | candela                                | cd
lumen                | lm         | lumen                                  | lm
lux                  | lx         | lux                                    | lx
coulomb              | C          | coulomb                                |
farad                | F          | farad                                  |
henry                | H          | henry henries                          |
tesla                | T          | tesla                                  |
weber                | Wb         | weber                                  | Wb
siemens              | S          | siemens                                |
becquerel            | Bq         | becquerel                              | Bq
curie                | Ci         | curie                                  | Ci
sievert              | Sv         | sievert                                | Sv mSv
gray                 | Gy         | gray                                   | Gy
kibibyte             | KiB        | kibibyte                               | KiB
mebibyte             | MiB        | mebibyte                               | MiB
gibibyte             | GiB        | gibibyte gig gigs                      | GiB
tebibyte             | TiB        | tebibyte                               | TiB
bit/second           | bit/s      | bps bits_per_second                    | bps
kilobit/second       | kbit/s     | kbps                                   | kbps Kbps kbit/s
megabit/second       | Mbit/s     | mbps                                   | Mbps Mbit/s
gigabit/second       | Gbit/s     | gbps                                   | Gbps Gbit/s
megabit              | Mbit       |                                        | Mb
gigabit              | Gbit       |                                        | Gb
terabit              | Tbit       |                                        | Tb
"""

_SLIPS = """
inch: inche · foot: foots · feet: feets · mile: mille · pound: pund · minute: minut · hour: houre · day: daye
month: monthe · celsius: celcius celsuis celius · fahrenheit: farenheit fahrenhiet farenheight ferenheit fahreneit
kilogram: kilogrm · kilometer: kilomter · second: secound secon
"""
"""Misspellings that are more than one slip away, or too short for `misspelled`."""

_CURRENCY = """dollar euro cent penny pence yen rupee franc yuan renminbi peso ruble rouble krona krone zloty
bitcoin ethereum usd eur gbp jpy chf cny inr cad aud btc bucks $ € £ ¥ ₹ us_dollar british_pound pound_sterling
sterling pounds_sterling canadian_dollar australian_dollar"""

_PREFIXED = """
meter         | meter metre               | m          | nano micro milli centi deci hecto kilo mega
gram          | gram gramme               | g          | nano micro milli centi deci hecto kilo mega
liter         | liter litre               | L l        | micro milli centi deci hecto kilo
second        | second                    | s          | nano micro milli
watt          | watt                      | W          | micro milli kilo mega giga tera
joule         | joule                     | J          | milli kilo mega giga tera
watt_hour     | watt_hour                 | Wh         | milli kilo mega giga tera
byte          | byte                      | B          | kilo mega giga tera peta exa
bit           | bit                       | bit        | kilo mega giga tera
hertz         | hertz                     | Hz         | kilo mega giga tera
pascal        | pascal                    | Pa         | hecto kilo mega giga
newton        | newton                    | N          | milli kilo mega
volt          | volt                      | V          | micro milli kilo mega
ampere        | ampere amp                | A          | micro milli kilo
ampere_hour   | ampere_hour amp_hour      | Ah         | milli
ohm           | ohm                       | Ω          | milli kilo mega
electron_volt | electron_volt electronvolt | eV        | kilo mega giga tera
bar           | bar                       | bar        | milli kilo
mole          | mole                      | mol        | micro milli
"""
_PREFIXES = {
    "nano": "n", "micro": "µ", "milli": "m", "centi": "c", "deci": "d", "hecto": "h",
    "kilo": "k", "mega": "M", "giga": "G", "tera": "T", "peta": "P", "exa": "E",
}  # fmt: skip
_WORDS = """second bar hand rod chain league stone gray mole slug grain turn yard cup pound tesla henry weber degree
    min sec deg mos cent franc gig gigs carat therm rev knot minute point day month year week"""
_EVERYDAY = frozenset(_WORDS.split())
"""Words that mean something else as well: alone they are a unit only where a unit is expected."""
_CONFUSABLE = frozenset(("stones", "chains", "leagues", "cycles", "francs"))
"""Names that are one slip away from ordinary words (stores, chairs)."""


_DEGREES = ("degC", "degF", "degR", "kelvin")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: how pint calls it, and how people write it."""

    pint: str
    symbol: str
    word: str = ""
    """Set if it is written as a word after a number (5 hours)."""
    currency: bool = False

    def after(self, value: float) -> str:
        """The unit as written after a value."""
        if not self.word:
            return self.symbol
        if value == 1:
            return self.word
        irregular = {"century": "centuries", "millennium": "millennia"}
        return irregular.get(self.word, self.word + "s")


@dataclass(frozen=True, slots=True)
class _Table:
    names: dict[str, Unit]
    symbols: dict[str, Unit]
    folded: dict[str, Unit]
    """Symbols in lower case, for what people type."""
    near: dict[str, str]
    """Every name of six letters or more with one letter left out, to the name."""
    proper: list[str]
    """Names without misspellings, for suggestions."""


def unit_called(name: str, *, symbols: bool = True) -> Unit | None:
    """The unit with exactly that name or symbol, in any case; None for anything else."""
    table, spaced = _table(), " ".join(name.split())
    if symbols and spaced in table.symbols:
        return table.symbols[spaced]
    lower = spaced.lower()
    found = table.names.get(lower.replace("-", " "))
    return table.folded.get(lower) if found is None and symbols else found


def misspelled(word: str) -> Unit | None:
    """The unit whose name, of six letters or more, is one slip away: a letter missing, added, changed or swapped."""
    lower, table = word.lower(), _table()
    if len(lower) < 6 or not lower.isalpha():
        return None
    for shorter in (lower, *(lower[:n] + lower[n + 1 :] for n in range(1, len(lower)))):
        if shorter in table.near and abs(len(table.near[shorter]) - len(lower)) <= 1:
            return table.names[table.near[shorter]]
        if len(shorter) > 5 and shorter in table.names and shorter != lower:
            return table.names[shorter]
    return None


def is_everyday(name: str) -> bool:
    """Whether a unit's name is an ordinary word too (second, bar), or too short to be sure of."""
    name = name.rstrip(".")
    return len(name) < 3 or _in_everyday(name.lower()) or " ".join(name.lower().split()) not in _table().names


def _in_everyday(name: str) -> bool:
    return name in _EVERYDAY or name.removesuffix("s") in _EVERYDAY


def known_names() -> list[str]:
    """Names of units, for suggestions."""
    return _table().proper


@lru_cache(maxsize=1)
def _table() -> _Table:
    names: dict[str, Unit] = {}
    symbols: dict[str, Unit] = {}
    for row in _ROWS.strip().splitlines():
        pint, shown, called, signs = (cell.strip() for cell in row.split("|"))
        unit = _unit(pint, shown)
        for name in called.split():
            _add_name(names, name.replace("_", " "), unit)
            if pint in _DEGREES:
                for degree in ("degree", "degrees", "deg"):
                    names[f"{degree} {name}"] = names[f"{degree} {shown[-1].lower()}"] = unit
        for sign in signs.split():
            symbols.setdefault(sign.replace("_", " "), unit)
    for row in _PREFIXED.strip().splitlines():
        _add_prefixed(row, names, symbols)
    proper = [name for name in names if len(name) > 4]
    for row in _SLIPS.replace("·", "\n").strip().splitlines():
        name, slips = row.split(":")
        for slip in slips.split():
            for degree in ("", "degree ", "degrees ", "deg ") if names[name.strip()].pint in _DEGREES else ("",):
                _add_name(names, degree + slip, names[name.strip()])
    for name in _CURRENCY.split():
        _add_name(names, name.replace("_", " "), Unit(name, name.replace("_", " "), currency=True))
    folded: dict[str, Unit] = {}
    for sign, unit in symbols.items():
        folded.setdefault(sign.lower(), unit)
    folded |= {sign: unit for sign, unit in symbols.items() if sign == sign.lower()}
    folded |= {both: symbols[both.upper()] for both in ("kb", "mb", "gb", "tb", "pb") if both.upper() in symbols}
    long = [name for name in names if len(name) >= 6 and " " not in name and name not in _CONFUSABLE]
    near = {name[:n] + name[n + 1 :]: name for name in long for n in range(1, len(name))}
    return _Table(names, symbols, folded, near, proper)


def _unit(pint: str, shown: str) -> Unit:
    shown = shown.replace("_", " ")
    return Unit(pint, shown[1:], shown[1:]) if shown.startswith("*") else Unit(pint, shown)


def _add_name(names: dict[str, Unit], name: str, unit: Unit) -> None:
    names.setdefault(name.replace("-", " "), unit)
    if len(name) > 2 and not name.endswith("s"):
        names.setdefault(name.replace("-", " ") + "s", unit)


def _add_prefixed(row: str, names: dict[str, Unit], symbols: dict[str, Unit]) -> None:
    """A metric unit and its multiples: meter, kilometer, kilometre, km, kms."""
    pint, called, signs, prefixes = (cell.strip() for cell in row.split("|"))
    for prefix in ("", *prefixes.split()):
        letter = _PREFIXES.get(prefix, "")
        unit = _unit(prefix + pint, letter + signs.split()[0])
        for name in called.split():
            _add_name(names, prefix + name.replace("_", " "), unit)
        for sign in signs.split():
            for start in {"µ": "µμu", "k": "kK"}.get(letter, letter) if letter else ("",):
                symbols.setdefault(start + sign, unit)
                if prefix and len(sign) == 1 and sign.islower():
                    symbols.setdefault(start + sign + "s", unit)
