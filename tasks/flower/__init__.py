"""Our Flower: Flower's own application with sensible options, a Crawls tab, and pages that keep themselves up to date."""
