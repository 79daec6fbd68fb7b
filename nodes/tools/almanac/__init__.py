"""Days, clocks, time zones and public holidays."""
