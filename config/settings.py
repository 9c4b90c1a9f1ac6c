"""Every setting, with its default and its unit. The one place where a default lives."""

import os
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

MEGABYTE = 1_000_000


def _default_home() -> Path:
    """Return the data folder of the XDG Base Directory specification."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "newsmill"


class Settings(BaseSettings):
    """Read from the environment (`NEWSMILL_…`), then `.env`, then `newsmill.toml`; the first that names a setting wins."""

    model_config = SettingsConfigDict(
        env_prefix="NEWSMILL_", env_file=".env", toml_file="newsmill.toml", extra="ignore", frozen=True, env_ignore_empty=True
    )

    home: Path = Field(
        default_factory=_default_home, description="where the embedded database, archive and Valkey keep their files"
    )
    database_url: str | None = Field(None, description="postgresql+psycopg://…; without it SQLite in the home")
    redis_url: str | None = Field(None, description="broker, redis:// or rediss://; without it an embedded Valkey in the home")
    cache_url: str | None = Field(None, description="dedupe cache and host governor, when kept apart from the broker")
    archive_url: str | None = Field(None, description="raw pages and images; without it a folder in the home")
    s3_endpoint: str | None = Field(None, description="address of the S3 service for an s3:// archive")
    sources: Path = Field(Path("config/sources.toml"), description="the crawl jobs")
    sites: Path = Field(Path("config/sites.toml"), description="rules for single sites; without the file there are none")

    proxy_url: str | None = Field(None, description="an HTTP proxy for all fetches")
    allow_networks: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="CIDRs that the guard lets through, comma-separated"
    )
    allow_ports: Annotated[tuple[int, ...] | None, NoDecode] = Field(
        (80, 443), description="ports fetches may go to, comma-separated; * for any"
    )

    user_agent: str | None = Field(None, description="the whole User-Agent; without it one that names the project")
    contact: str | None = Field(None, description="an address or URL put into the User-Agent")
    obey_robots: bool = Field(True, description="honour robots.txt")
    host_interval: float = Field(
        1.0, ge=0, description="seconds between page, feed and robots requests to a host, over all processes"
    )
    host_concurrency: int = Field(4, ge=1, description="requests under way to a host, over all processes")

    fetch_deadline: float = Field(30.0, gt=0, description="seconds for one fetch, redirects included")
    max_page_bytes: int = Field(10 * MEGABYTE, gt=0, description="decoded size of a page")
    max_image_bytes: int = Field(25 * MEGABYTE, gt=0, description="decoded size of an image")
    max_images: int = Field(100, ge=0, description="images of one article")
    images_deadline: float = Field(60.0, gt=0, description="seconds for an article's images; the rest stay pending")
    seen_ttl: float = Field(
        86_400.0, gt=0, description="seconds the dedupe cache answers for a URL, and a stored article counts as fresh"
    )

    flower_auth: str | None = Field(None, description="user:password of the Flower UI; without it loopback only")
    flower_read_only: bool = Field(False, description="Flower without its buttons")

    processes: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, description="worker processes")
    concurrency: int = Field(32, ge=1, description="articles at once in a process")

    health_port: int | None = Field(
        None, ge=1, le=65_535, description="where workers answer /health over HTTP; without it nowhere"
    )
    health_address: str = Field("127.0.0.1", description="the address they answer it on")

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] | None = Field(
        None, description="the least that is logged; without it INFO, and errors alone in `newsmill run`"
    )

    @field_validator("home", mode="after")
    @classmethod
    def _absolute_home(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("allow_networks", mode="before")
    @classmethod
    def _split_networks(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("allow_networks", mode="after")
    @classmethod
    def _are_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            ip_network(network, strict=False)  # raises ValueError, which names it
        return value

    @field_validator("allow_ports", mode="before")
    @classmethod
    def _split_ports(cls, value: object) -> object:
        if value == "*":
            return None
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: arguments (tests), environment, `.env`, `newsmill.toml`."""
        return init_settings, env_settings, dotenv_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def database(self) -> str:
        """The SQLAlchemy URL of the database."""
        return self.database_url or f"sqlite:///{self.home / 'newsmill.db'}"

    @property
    def archive(self) -> str:
        """The URL of the archive."""
        return self.archive_url or (self.home / "archive").as_uri()


@cache
def settings() -> Settings:
    """Return this process's settings, read once."""
    return Settings()
