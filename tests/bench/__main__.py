"""Every benchmark, by hand: `make bench`. The figures go into BENCHMARKS.md with their date."""

from tests.bench import ingest

if __name__ == "__main__":
    ingest.main()
