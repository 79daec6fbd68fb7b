"""Cities and countries: their names in a request and the facts about them."""
