"""A span of calendar time that keeps months apart from days, which `datetime.timedelta` can't.

Its ISO 8601 text ("P1Y6M", "P59D", "PT1H30M") is how durations travel from a request to a tool.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import TypeVar

_ISO = re.compile(
    r"(?P<sign>[-+]?)P(?=[\dT])(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?",
    re.ASCII,
)
_LONGEST = 18
"""Digits a field may have: far past any calendar, and short enough to reckon with."""

Moment = TypeVar("Moment", dt.date, dt.datetime)


@dataclass(frozen=True, slots=True)
class Duration:
    """Months, days and seconds, all of one sign; a negative one goes back in time."""

    months: int = 0
    days: int = 0
    seconds: float = 0

    def __post_init__(self) -> None:
        if min(self.months, self.days, self.seconds) < 0 < max(self.months, self.days, self.seconds):
            raise ValueError(f"a duration goes one way, not both: {self!r}")

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read ISO 8601 ("P1Y6M", "-P3D", "PT90S"). Raises ValueError for anything else.

        >>> Duration.parse("P1Y6M"), str(Duration.parse("P2W"))
        (Duration(months=18, days=0, seconds=0), 'P14D')
        """
        match = _ISO.fullmatch(text.strip())
        if match is None or any(len(digits) > _LONGEST for digits in match.groups() if digits):
            raise ValueError(f"{text!r} is no ISO 8601 duration, such as P59D or PT1H30M")
        years, months, weeks, days, hours, minutes = (
            int(match[field] or 0) for field in ("years", "months", "weeks", "days", "hours", "minutes")
        )
        seconds = float(match["seconds"] or 0)
        seconds = int(seconds) if seconds.is_integer() else seconds
        found = cls(12 * years + months, 7 * weeks + days, 3600 * hours + 60 * minutes + seconds)
        return -found if match["sign"] == "-" else found

    def __neg__(self) -> Duration:
        return Duration(-self.months, -self.days, -self.seconds)

    def __add__(self, other: Duration) -> Duration:
        return Duration(self.months + other.months, self.days + other.days, self.seconds + other.seconds)

    def __bool__(self) -> bool:
        return bool(self.months or self.days or self.seconds)

    def __str__(self) -> str:
        if min(self.months, self.days, self.seconds) < 0:
            return "-" + str(-self)
        years, months = divmod(self.months, 12)
        minutes, seconds = divmod(self.seconds, 60)
        hours, minutes = divmod(int(minutes), 60)
        date = _fields((years, "Y"), (months, "M"), (self.days, "D"))
        clock = _fields((hours, "H"), (minutes, "M"), (round(seconds, 6), "S"))
        return f"P{date}" + (f"T{clock}" if clock else "") if date or clock else "PT0S"

    def after(self, start: Moment) -> Moment:
        """`start` moved by this duration: months first (31 January + 1 month is the last of February), then the rest.

        A date stays a date, so seconds count there only as whole days. Raises OverflowError outside years 1 to 9999.
        """
        month = start.year * 12 + start.month - 1 + self.months
        year, month = month // 12, month % 12 + 1
        if not dt.MINYEAR <= year <= dt.MAXYEAR:
            raise OverflowError(f"year {year} is outside the calendar")
        day = min(start.day, calendar.monthrange(year, month)[1])
        return start.replace(year=year, month=month, day=day) + dt.timedelta(days=self.days, seconds=self.seconds)


def _fields(*parts: tuple[float, str]) -> str:
    return "".join(f"{int(value) if value == int(value) else value}{letter}" for value, letter in parts if value)
