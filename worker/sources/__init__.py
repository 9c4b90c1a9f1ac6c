"""Where articles are announced: feeds and site maps, from their bytes to the links to take."""
