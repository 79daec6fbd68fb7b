"""English names of the languages geonames lists for countries, by ISO 639 code."""

from __future__ import annotations

_NAMES = """
aa Afar|af Afrikaans|ak Akan|am Amharic|ar Arabic|as Assamese|ay Aymara|az Azerbaijani|ba Bashkir
be Belarusian|bem Bemba|ber Berber|bg Bulgarian|bh Bihari|bho Bhojpuri|bi Bislama|bm Bambara|bn Bengali
br Breton|bs Bosnian|ca Catalan|ce Chechen|ceb Cebuano|ch Chamorro|chk Chuukese|cmn Mandarin|co Corsican
cs Czech|cv Chuvash|cy Welsh|da Danish|de German|doi Dogri|dv Dhivehi|dz Dzongkha|ee Ewe|el Greek|en English
es Spanish|et Estonian|eu Basque|fa Persian|ff Fula|fi Finnish|fil Filipino|fj Fijian|fo Faroese|fr French
fy Frisian|ga Irish|gd Scottish Gaelic|gil Gilbertese|gl Galician|gn Guarani|gu Gujarati|gv Manx|ha Hausa
hak Hakka|haw Hawaiian|he Hebrew|hi Hindi|hil Hiligaynon|ho Hiri Motu|hr Croatian|ht Haitian Creole
hu Hungarian|hy Armenian|hz Herero|id Indonesian|ig Igbo|ilo Ilocano|is Icelandic|it Italian|iu Inuktitut
ja Japanese|jv Javanese|ka Georgian|kg Kongo|kk Kazakh|kl Greenlandic|km Khmer|kn Kannada|ko Korean
kok Konkani|kr Kanuri|ks Kashmiri|ku Kurdish|ky Kyrgyz|la Latin|lb Luxembourgish|lg Ganda|ln Lingala|lo Lao
loz Lozi|lt Lithuanian|lua Luba-Lulua|lv Latvian|men Mende|mg Malagasy|mh Marshallese|mi Maori|mk Macedonian
ml Malayalam|mn Mongolian|mni Manipuri|mos Mossi|mr Marathi|ms Malay|mt Maltese|mwl Mirandese|my Burmese
na Nauruan|nb Norwegian Bokmål|nd Ndebele|ne Nepali|niu Niuean|nl Dutch|nn Norwegian Nynorsk|no Norwegian
nr Southern Ndebele|nso Northern Sotho|ny Chichewa|oc Occitan|om Oromo|or Odia|pa Punjabi|pap Papiamento
pau Palauan|pl Polish|pon Pohnpeian|ps Pashto|pt Portuguese|qu Quechua|rm Romansh|rn Kirundi|ro Romanian
rom Romani|ru Russian|rw Kinyarwanda|sa Sanskrit|sat Santali|sc Sardinian|sd Sindhi|se Northern Sami|sg Sango
sh Serbo-Croatian|si Sinhala|sk Slovak|sl Slovenian|sm Samoan|sn Shona|so Somali|sq Albanian|sr Serbian
ss Swazi|st Sotho|sv Swedish|sw Swahili|ta Tamil|te Telugu|tem Temne|tet Tetum|tg Tajik|th Thai|ti Tigrinya
tig Tigre|tk Turkmen|tl Tagalog|tn Tswana|to Tongan|tpi Tok Pisin|tr Turkish|ts Tsonga|tt Tatar|tvl Tuvaluan
tw Twi|ty Tahitian|ug Uyghur|uk Ukrainian|ur Urdu|uz Uzbek|ve Venda|vi Vietnamese|wo Wolof|wuu Wu|xh Xhosa
yo Yoruba|yue Cantonese|za Zhuang|zh Chinese|zu Zulu
"""

LANGUAGES = dict(entry.split(" ", 1) for entry in _NAMES.strip().replace("\n", "|").split("|"))


def languages_in_words(codes: tuple[str, ...], most: int = 8) -> str:
    """The languages' names; those without one, and any past `most`, are only counted."""
    named = [LANGUAGES[code] for code in codes if code in LANGUAGES][:most]
    rest = len(codes) - len(named)
    return ", ".join(named) + (f" and {rest} more" if rest and named else "")
