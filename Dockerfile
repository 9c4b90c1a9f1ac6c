# The Newsmill image: `docker build -t newsmill .`; docs/deploy.md says how it is run.

# 3.11 is the Python that the tests run on; slim is Debian without compilers (the lock file's packages all come as wheels).
FROM python:3.11-slim-bookworm AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
# The environment has no pip of its own: nothing that installs is in the final image.
RUN python -m venv --without-pip /opt/newsmill
WORKDIR /src
# First what changes seldom: the packages, each by its hash.
COPY requirements.lock ./
RUN pip --python /opt/newsmill/bin/python install --only-binary :all: --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY config ./config
COPY worker ./worker
COPY tasks ./tasks
RUN pip --python /opt/newsmill/bin/python install --no-deps --no-build-isolation . \
    && pip --python /opt/newsmill/bin/python uninstall --yes hatchling editables pathspec pluggy trove-classifiers


FROM python:3.11-slim-bookworm

LABEL org.opencontainers.image.title="Newsmill" \
      org.opencontainers.image.description="Ingests news articles with their images: complete, once, politely." \
      org.opencontainers.image.licenses="Apache-2.0"

# A number that no account of the host is likely to have, so that a volume belongs to nobody there.
RUN groupadd --gid 10001 newsmill \
    && useradd --uid 10001 --gid newsmill --no-create-home --home-dir /var/lib/newsmill --shell /usr/sbin/nologin newsmill \
    && install --directory --owner newsmill --group newsmill --mode 0700 /var/lib/newsmill
COPY --from=build /opt/newsmill /opt/newsmill

ENV PATH=/opt/newsmill/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    NEWSMILL_HOME=/var/lib/newsmill \
    NEWSMILL_SOURCES=/etc/newsmill/sources.toml \
    NEWSMILL_SITES=/etc/newsmill/sites.toml

USER 10001:10001
WORKDIR /var/lib/newsmill
VOLUME /var/lib/newsmill
EXPOSE 5555

# Exec form: TERM reaches newsmill itself, which ends in order within 25 s. Give the container longer, and an init
# (`--init`, `init: true`) to gather the processes of killed workers.
STOPSIGNAL SIGTERM
ENTRYPOINT ["newsmill"]
CMD ["worker"]
# By progress, not by being there. A service that is no worker asks for itself: see docker-compose.yml.
HEALTHCHECK --interval=60s --timeout=20s --start-period=90s --retries=3 CMD ["newsmill", "doctor", "--live", "worker"]
