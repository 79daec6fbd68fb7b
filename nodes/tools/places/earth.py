"""Distances on the round earth."""

from __future__ import annotations

import math

EARTH_RADIUS = 6371.0088
"""Mean radius in kilometers (IUGG)."""


def great_circle(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Kilometers between two points in degrees, by the haversine formula; right to about half a percent.

    >>> round(great_circle(48.85341, 2.3488, 52.52437, 13.41053))
    878
    """
    phi, other_phi = math.radians(latitude), math.radians(other_latitude)
    across = math.sin((other_phi - phi) / 2) ** 2
    along = math.sin(math.radians(other_longitude - longitude) / 2) ** 2
    share = min(1.0, across + math.cos(phi) * math.cos(other_phi) * along)
    return 2 * EARTH_RADIUS * math.asin(math.sqrt(share))
