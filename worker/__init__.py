"""The work: how one URL becomes a stored article with its images.

This package has never heard of Celery, the shell or the environment; the process that runs it is
started from `tasks/`. Its floors, from the top: `ingest` tells the story of one URL; `fetch` and `store`
do the input and output behind the Protocols of `ports`; `extract`, `normalise` and `sources` are pure;
`document`, `urls`, `outcomes`, `models` and `errors` are the words they share.
"""
