"""What people call places besides their official names, and how names are compared."""

from __future__ import annotations

import unicodedata

_APART = dict.fromkeys(map(ord, ".,'’ʻ`´-–_/()"), " ")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ə": "a"})


def fold(name: str) -> str:
    """A name without case, accents and punctuation: "São Tomé" is "sao tome", "Saint-Louis" is "st louis"."""
    folded = name.casefold()
    if not folded.isascii():
        letters = unicodedata.normalize("NFKD", folded)
        folded = "".join([letter for letter in letters if not unicodedata.combining(letter)]).translate(_LETTERS)
    words = folded.translate(_APART).split()
    if "saint" in words:
        words = ["st" if word == "saint" else word for word in words]
    return " ".join(words)


COUNTRY_ALIASES = {
    "AE": "uae, emirates",
    "AG": "antigua",
    "BA": "bosnia, bosnia herzegovina, bosnia & herzegovina",
    "BN": "brunei darussalam",
    "BR": "brasil",
    "BY": "belorussia, byelorussia",
    "CD": "drc, dr congo, congo kinshasa, zaire, democratic republic of congo",
    "CG": "congo, congo brazzaville, republic of congo",
    "CH": "schweiz, suisse, svizzera",
    "CI": "cote d ivoire",
    "CN": "prc, people s republic of china, mainland china",
    "CV": "cape verde",
    "CZ": "czech republic, czech",
    "DE": "deutschland, federal republic of germany",
    "DO": "dominican rep",
    "ES": "espana",
    "FK": "falklands",
    "FM": "federated states of micronesia",
    "GB": "uk, u k, gb, britain, great britain, united kingdom of great britain and northern ireland, england",
    "GM": "gambia",
    "GR": "hellas",
    "HU": "magyarorszag",
    "IE": "republic of ireland, eire",
    "IN": "bharat, hindustan",
    "IR": "persia, islamic republic of iran",
    "IT": "italia",
    "JP": "nippon, nihon",
    "KN": "st kitts, st kitts and nevis, saint kitts",
    "KP": "dprk",
    "KR": "republic of korea, s korea, korea",
    "KY": "caymans",
    "LA": "lao",
    "LC": "st lucia",
    "LK": "ceylon",
    "MK": "macedonia, fyrom",
    "MM": "burma",
    "MO": "macau",
    "NL": "netherlands, holland, nederland",
    "NO": "norge",
    "NZ": "aotearoa, nz",
    "PG": "png",
    "PH": "philipines, phillipines, filipinas",
    "PL": "polska",
    "PS": "palestine, west bank",
    "PT": "republic of portugal",
    "RU": "russian federation",
    "SA": "saudi, ksa",
    "SE": "sverige",
    "ST": "sao tome",
    "SY": "syrian arab republic",
    "SZ": "swaziland",
    "TL": "east timor",
    "TR": "turkiye, republic of turkey",
    "TT": "trinidad, trinidad & tobago",
    "TW": "formosa, republic of china",
    "TZ": "united republic of tanzania",
    "US": "us, usa, u s a, u s, america, united states of america, the states",
    "VA": "vatican city, holy see",
    "VC": "st vincent, saint vincent, st vincent and the grenadines",
    "VN": "viet nam",
}
"""Other names of countries, by ISO code, folded."""

NATIONS = {"scotland": "Edinburgh", "wales": "Cardiff", "northern ireland": "Belfast"}
"""Parts of the United Kingdom that are asked for like countries, and their capitals."""

DEMONYMS = {
    "AE": "emirati", "AF": "afghan", "AL": "albanian", "AR": "argentine, argentinian", "AT": "austrian",
    "AU": "australian, aussie", "BE": "belgian", "BG": "bulgarian", "BR": "brazilian", "CA": "canadian",
    "CH": "swiss", "CL": "chilean", "CN": "chinese", "CO": "colombian", "CU": "cuban", "CZ": "czech",
    "DE": "german", "DK": "danish", "DZ": "algerian", "EC": "ecuadorian", "EE": "estonian", "EG": "egyptian",
    "ES": "spanish", "ET": "ethiopian", "FI": "finnish", "FR": "french", "GB": "british, english", "GE": "georgian",
    "GH": "ghanaian", "GR": "greek", "HR": "croatian", "HU": "hungarian", "ID": "indonesian", "IE": "irish",
    "IL": "israeli", "IN": "indian", "IQ": "iraqi", "IR": "iranian", "IS": "icelandic", "IT": "italian",
    "JM": "jamaican", "JP": "japanese", "KE": "kenyan", "KR": "korean", "LT": "lithuanian", "LV": "latvian",
    "MA": "moroccan", "MX": "mexican", "MY": "malaysian", "NG": "nigerian", "NL": "dutch", "NO": "norwegian",
    "NZ": "new zealander", "PE": "peruvian", "PH": "filipino", "PK": "pakistani", "PL": "polish",
    "PT": "portuguese", "RO": "romanian", "RS": "serbian", "RU": "russian", "SA": "saudi", "SE": "swedish",
    "SG": "singaporean", "SI": "slovenian", "SK": "slovak", "SY": "syrian", "TH": "thai", "TN": "tunisian",
    "TR": "turkish", "TW": "taiwanese", "UA": "ukrainian", "US": "american", "VE": "venezuelan", "VN": "vietnamese",
    "ZA": "south african",
}  # fmt: skip
"""Adjectives of countries: "the Japanese currency"."""

CITY_ALIASES = {
    "nyc": "New York City, US",
    "ny": "New York City, US",
    "new york": "New York City, US",
    "la": "Los Angeles, US",
    "sf": "San Francisco, US",
    "san fran": "San Francisco, US",
    "frisco": "San Francisco, US",
    "dc": "Washington, US",
    "washington dc": "Washington, US",
    "washington d c": "Washington, US",
    "vegas": "Las Vegas, US",
    "philly": "Philadelphia, US",
    "st louis": "St. Louis, US",
    "hong kong": "Hong Kong, HK",
    "the hague": "The Hague, NL",
    "den haag": "The Hague, NL",
    "st petersburg": "Saint Petersburg, RU",
    "san jose": "San Jose, US",
    "bombay": "Mumbai, IN",
    "bangalore": "Bengaluru, IN",
    "calcutta": "Kolkata, IN",
    "madras": "Chennai, IN",
    "saigon": "Ho Chi Minh City, VN",
    "peking": "Beijing, CN",
    "canton": "Guangzhou, CN",
    "rio": "Rio de Janeiro, BR",
    "rio de janeiro": "Rio de Janeiro, BR",
    "kiev": "Kyiv, UA",
    "ulaanbaatar": "Ulan Bator, MN",
    "frankfurt": "Frankfurt am Main, DE",
    "cologne": "Köln, DE",
    "mexico city": "Mexico City, MX",
    "ciudad de mexico": "Mexico City, MX",
    "cdmx": "Mexico City, MX",
    "buenos aires": "Buenos Aires, AR",
    "hyderabad": "Hyderabad, IN",
    "zurich": "Zürich, CH",
    "quebec city": "Québec, CA",
    "quebec": "Québec, CA",
    "kuwait city": "Kuwait City, KW",
    "guatemala city": "Guatemala City, GT",
    "panama city": "Panama City, PA",
    "luxembourg city": "Luxembourg, LU",
    "victoria": "Victoria, CA",
    "vatican city": "Vatican City, VA",
    "singapore city": "Singapore, SG",
    "tel aviv": "Tel Aviv, IL",
    "wien": "Vienna, AT",
}
"""Other names of cities, folded, and those whose best-known bearer is not the largest: the city's name and country."""

PROVINCES = {
    "CA": {
        "01": "alberta", "02": "british columbia", "03": "manitoba", "04": "new brunswick",
        "05": "newfoundland and labrador", "07": "nova scotia", "08": "ontario", "09": "prince edward island",
        "10": "quebec", "11": "saskatchewan",
    },
    "AU": {
        "01": "australian capital territory", "02": "new south wales", "03": "northern territory", "04": "queensland",
        "05": "south australia", "06": "tasmania", "07": "victoria", "08": "western australia",
    },
    "GB": {"ENG": "england", "SCT": "scotland", "WLS": "wales", "NIR": "northern ireland"},
}  # fmt: skip
"""First-level regions people add to a city's name ("London, Ontario"), by the code that geonames gives them."""
