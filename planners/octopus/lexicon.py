"""The closed classes of English words that the embedded Octopus reads a request by."""

from __future__ import annotations

import re

QUESTION_WORDS = frozenset(
    "what what's whats which who who's whose whom when when's where where's why how how's hows".split()
)

AUXILIARIES = frozenset(
    "is are was were am does do did can could will would shall should may might has have had isn't aren't".split()
)

FUNCTION_WORDS = (
    QUESTION_WORDS
    | AUXILIARIES
    | frozenset(
        "a an the of in on at to for from by with and or but so as it its this that these those there then also too "
        "me my i we us our you your he she they them his her their be been being not no "
        "please tell give show let get".split()
    )
)

IMPERATIVES = frozenset(
    """
    add aggregate analyse analyze answer append apply approximate arrange ask assess average book bring build buy calc
    calculate call cancel change chart check choose classify clean clear combine compare compile compose compute
    concatenate confirm convert copy correct count create cut define delete derive describe design detect determine
    diagnose differentiate display divide do double download draft draw drop dump edit email enter estimate
    evaluate examine execute expand explain explore export express extract factor factorise factorize fetch figure
    fill filter find fix
    forecast format gather generate get give go graph group halve help highlight identify import include increase
    inspect integrate install insert investigate join keep label launch let list load locate look make map mark match
    maximize measure merge message minimize move multiply name note notify obtain open order organize outline output
    pay paraphrase parse perform pick plan play plot predict prepare present print produce proofread provide pull
    put query quote raise rank rate read recommend record reduce refund register remind remove rename render repeat
    replace reply report rephrase reserve reset resolve return reverse review rewrite round run save say scan schedule
    search select send separate set share shift shorten show simplify sketch solve sort specify split square start
    state stop store subtract suggest sum summarise summarize switch take tell test text total transcribe transform
    translate treat trim try turn update upload use validate verify view visualise visualize work write
    """.split()
)

ACTION = re.compile(
    r"^\W*(?:draw|plot|chart|graph|save|write|store|put|append|add|sort|show|convert|multiply|divide|square|double|halve|"
    r"round|raise|"
    r"visuali[sz]e|differentiate|integrate|simplify|evaluate|expand|factor|count|summari[sz]e|filter|export|subtract|turn|express|"
    r"translate|send|e-?mail|compare|read|reverse|copy|take|display|render|make|keep|file|boil|rank|dump|store|log|tack)\b",
    re.IGNORECASE,
)
"""A verb that does something to an object."""

STORING = re.compile(
    r"^\W*(?:write|save|put|append|store|add|dump|export|file|keep|log|record|tack|copy)\b", re.IGNORECASE
)
"""A verb whose file is where something goes, not where it comes from."""

ABBREVIATIONS = frozenset("e.g i.e eg ie etc vs mr mrs ms dr st no approx max min fig dept est inc ltd jr sr".split())

_DEAR = r"dear\s+(?!(?:not?|never|without|none)\b|(?-i:[A-Z]{2,})\b)[^\W\d_]++(?!\.\w)"
"""A salutation; "dear not", "dear NASA" and "dear notes.txt" are none."""

COURTESY_ONLY = re.compile(
    rf"""[^\w"“«`]*+(?:(?:hi|hello|hey|hallo|good\s+(?:morning|afternoon|evening|day|night)|{_DEAR}|(?:many\s+)?thanks?(?:\s+you)?
    (?:\s+(?:a\s+lot|so\s+much|very\s+much|in\s+advance|again))?|thx|cheers|please|bye|ok(?:ay)?|great|cool|sorry|there|octopus
    |quick\s+(?:one|question)|one\s+more\s+thing|that(?:'s|’s|\s+is)\s+(?:all|it)|and|also|then|i\s+have\s+(?:a|two|some)\s+questions?)\b[^\w"“«`]*+)++$""",
    re.IGNORECASE | re.VERBOSE,
)

POLITE = re.compile(
    rf"""\s*(?:
      (?:hi|hello|hey|hallo|{_DEAR}|good\s+(?:morning|afternoon|evening|day))
      (?:\s+(?:there|octopus|team|all|everyone|again))?[\s,!.:;-]+
    | (?:please|pls|plz|kindly|ok(?:ay)?|well|now|so|oh|ah|um+|uh+|like|just|quick\s+question|thanks(?:\s+you)?
      |thank\s+you|sorry|actually|btw|by\s+the\s+way|separately|too)(?=[\s,!.:;-])[\s,!.:;-]*
    | (?:can|could|would|will)\s+(?:you|u)\s+(?:please\s+|kindly\s+|also\s+|maybe\s+|perhaps\s+|possibly\s+)*
      (?:help\s+me\s+(?:to\s+)?|be\s+so\s+kind\s+(?:as\s+to|and)\s+|just\s+)?
    | (?:would\s+you\s+mind|i\s+would\s+like\s+you(?=\s+(?!to)))\s+
    | (?:i\s+(?:want|need|wish)(?:\s+you)?\s+to(?=\s+(?!know))|i\s+wanna|i\s+have\s+to|i(?:\s+am|'m|’m)\s+trying\s+to
      |i(?:'d|’d|\s+would)\s+(?:like|love)(?:\s+you)?\s+to(?=\s+(?!know))|let(?:'s|’s|\s+us)|go\s+ahead\s+and)\s+
    )""",
    re.IGNORECASE | re.VERBOSE,
)
