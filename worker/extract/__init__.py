"""From bytes to values: decoding, screening, metadata, body, images, pagination. Pure."""

VERSION = "3"  # of the extractor; raised when stored pages are worth extracting again
