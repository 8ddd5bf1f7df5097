"""Genesis: what an empty venue starts with — the built-in market and the demo account."""

from collections.abc import Iterator
from typing import Final

from clearhouse.messages.commands import Command, Credential, OpenAccount
from clearhouse.model.access import ALL_PERMISSIONS, KeyKind
from clearhouse.model.money import Money, parse_units
from clearhouse.model.wallets import MAIN
from clearhouse.runtime.market import builtin_market
from clearhouse.runtime.sealing import Sealer

DEMO_KEY: Final = "ClearhouseDemoKey00000000000000000000000000000000000000000000000"
DEMO_SECRET: Final = "ClearhouseDemoSecretNotASecret0000000000000000000000000000000000"  # noqa: S105  published on purpose
DEMO_LABEL: Final = "demo"
_DEMO_FUNDS = (("USDT", "100000"), ("USDC", "100000"), ("BTC", "10"), ("BNB", "100"))


def genesis(sealer: Sealer, demo_key: str, demo_secret: str) -> Iterator[Command]:
    """The commands of a first start, in order."""
    yield from builtin_market()
    yield OpenAccount(
        label=DEMO_LABEL,
        credential=hmac_credential(sealer, demo_key, demo_secret),
        deposits=tuple((MAIN, Money(asset, parse_units(text))) for asset, text in _DEMO_FUNDS),
    )


def hmac_credential(sealer: Sealer, api_key: str, secret: str) -> Credential:
    """An HMAC key with every permission, its secret sealed."""
    return Credential(
        api_key=api_key,
        kind=KeyKind.HMAC,
        material=sealer.seal(secret.encode()),
        permissions=ALL_PERMISSIONS,
    )
