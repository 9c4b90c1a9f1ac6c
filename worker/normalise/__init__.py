"""One spelling for each fact: text, dates, bylines. Pure."""
