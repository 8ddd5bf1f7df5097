"""Every client library, pointed at a server with all of its URLs.

Typed `Any` on purpose: the libraries' own annotations say other types than they return.
"""

import warnings
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import ccxt
import ccxt.async_support
import ccxt.pro
from binance_common.configuration import (
    ConfigurationRestAPI,
    ConfigurationWebSocketAPI,
    ConfigurationWebSocketStreams,
)
from binance_sdk_derivatives_trading_usds_futures.rest_api import (
    DerivativesTradingUsdsFuturesRestAPI,
)
from binance_sdk_derivatives_trading_usds_futures.websocket_api import (
    DerivativesTradingUsdsFuturesWebSocketAPI,
)
from binance_sdk_derivatives_trading_usds_futures.websocket_streams import (
    DerivativesTradingUsdsFuturesWebSocketStreams,
)
from binance_sdk_wallet.rest_api import WalletRestAPI

from .accounts import Account
from .conftest import NOWHERE

with warnings.catch_warnings():
    # python-binance imports a name that websockets gives up.
    warnings.filterwarnings("ignore", "websockets", DeprecationWarning)
    from binance.base_client import BaseClient
    from binance.ws.streams import BinanceSocketManager

PATIENCE_MS = 10_000


def socket_url(url: str) -> str:
    return url.replace("http", "ws") + "/ws-fapi/v1"


def official_rest(url: str, account: Account | None = None, **settings: Any) -> Any:
    """Futures REST of the official SDK."""
    return DerivativesTradingUsdsFuturesRestAPI(_rest(url, account, settings))


def official_wallet(url: str, account: Account | None = None, **settings: Any) -> Any:
    """Wallet REST of the official SDK."""
    return WalletRestAPI(_rest(url, account, settings))


def official_socket(url: str, account: Account | None = None, **settings: Any) -> Any:
    """The futures WebSocket API of the official SDK."""
    known = _credentials(account) | settings
    return DerivativesTradingUsdsFuturesWebSocketAPI(
        ConfigurationWebSocketAPI(stream_url=socket_url(url), **known)
    )


def official_streams(url: str) -> Any:
    """The streams of the official SDK."""
    return DerivativesTradingUsdsFuturesWebSocketStreams(
        ConfigurationWebSocketStreams(stream_url=url.replace("http", "ws"))
    )


def ccxt_client(
    kind: str,
    url: str,
    account: Account,
    *,
    asynchronous: bool = False,
    professional: bool = False,
) -> Any:
    """`kind` is `binance` or `binanceusdm`."""
    library: Any = ccxt.pro if professional else ccxt.async_support if asynchronous else ccxt
    client = getattr(library, kind)(
        {"apiKey": account.api_key, "secret": account.secret, "enableRateLimit": False}
    )
    client.urls["api"] = _moved(client.urls["api"], url)
    client.get_exceptions_by_url = partial(_exceptions, client)
    if not (asynchronous or professional):
        client.httpsProxy = (
            NOWHERE  # ccxt does not read the environment; aiohttp would use it for http
        )
    return client


def point_python_binance(url: str) -> None:
    """Class attributes, because the constructor speaks at once."""
    BaseClient.API_URL = f"{url}/api"
    BaseClient.MARGIN_API_URL = f"{url}/sapi"
    BaseClient.FUTURES_URL = f"{url}/fapi"
    BaseClient.FUTURES_DATA_URL = f"{url}/futures/data"
    BaseClient.FUTURES_COIN_URL = f"{url}/dapi"
    BaseClient.OPTIONS_URL = f"{url}/eapi"
    BaseClient.PAPI_URL = f"{url}/papi"
    BaseClient.WS_FUTURES_URL = socket_url(url)
    BinanceSocketManager.FSTREAM_URL = url.replace("http", "ws") + "/"


def _rest(url: str, account: Account | None, settings: dict[str, Any]) -> ConfigurationRestAPI:
    known = _credentials(account) | settings
    return ConfigurationRestAPI(base_path=url, timeout=PATIENCE_MS, **known)


def _credentials(account: Account | None) -> dict[str, Any]:
    return {"api_key": account.api_key, "api_secret": account.secret} if account else {}


def _exceptions(client: Any, url: str, kind: str) -> Any:
    """What ccxt raises for a code. It asks for the exchange's hosts, and we for the path."""
    return client.exceptions["linear" if "/fapi/" in url else "spot"].get(kind, {})


def _moved(urls: Any, to: str) -> Any:
    """The same tree of URLs on another host."""
    if isinstance(urls, dict):
        return {name: _moved(branch, to) for name, branch in urls.items()}
    if str(urls).startswith("ws"):
        return to.replace("http", "ws") + urlsplit(urls).path
    return to + urlsplit(urls).path if str(urls).startswith("http") else urls
