"""What is kept: the ledger, articles, the archive, the dedupe cache."""
