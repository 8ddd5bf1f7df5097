"""The settings of a server, and the refusals that keep a demo from becoming an open door."""

from ipaddress import ip_address
from pathlib import Path

from msgspec import Struct

from clearhouse.feeds.profiles import IDEAL, Profile, ProfileError, named
from clearhouse.feeds.sources import DEFAULT_SEED, FIXED, SOURCES, Choice
from clearhouse.runtime.genesis import DEMO_KEY, DEMO_SECRET

DEFAULT_PORT = 7400
DEFAULT_FILE = Path("clearhouse.db")


class ConfigError(Exception):
    """Settings that do not go together; the text says what to do."""


class Config(Struct, frozen=True, kw_only=True):
    """Settings of `clearhouse serve`."""

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    data: Path | None = DEFAULT_FILE
    seed_file: Path | None = None
    admin_token: str | None = None
    as_of: str | None = None
    rate_limits: bool = True
    request_log: bool = True
    demo_key: str = DEMO_KEY
    demo_secret: str = DEMO_SECRET
    sealing_key: str | None = None
    market: str = FIXED
    market_seed: int = DEFAULT_SEED
    profile: str = IDEAL

    @property
    def on_loopback(self) -> bool:
        """Whether only this machine can connect."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def source(self) -> Choice:
        """What moves the market."""
        return Choice(name=self.market, seed=self.market_seed)

    @property
    def conditions(self) -> Profile:
        """How kind it is to orders; refuses a name that no profile has."""
        try:
            return named(self.profile)
        except ProfileError as error:
            raise ConfigError(str(error)) from None

    def check(self) -> None:
        """Refuse to open to others with the published demo key or without a token.

        Names of sources and profiles that there are not are refused too, before anything is opened.
        """
        if self.market not in SOURCES:
            raise ConfigError(f"there is no source '{self.market}'; choose {', '.join(SOURCES)}")
        self.conditions.check()
        if self.on_loopback:
            return
        if self.admin_token is None:
            raise ConfigError(
                f"{self.host} can be reached by others: protect the control plane with "
                "--admin-token (or CLEARHOUSE_ADMIN_TOKEN)"
            )
        if self.demo_secret == DEMO_SECRET:
            raise ConfigError(
                f"{self.host} can be reached by others, and the demo key is public: choose "
                "your own in CLEARHOUSE_DEMO_KEY and CLEARHOUSE_DEMO_SECRET (64 letters and "
                "digits each)"
            )
