"""The catalogue: listed assets and contracts, and the index price of each asset."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from clearhouse.market.rules import Rules, rules_of
from clearhouse.messages.commands import ListAsset, ListContract, SetAssetIndex
from clearhouse.messages.events import AssetIndexSet, AssetListed, ContractListed
from clearhouse.messages.queries import AssetView
from clearhouse.messages.rejections import Reason, Rejected
from clearhouse.model.ids import Millis
from clearhouse.model.instruments import Asset, Contract
from clearhouse.model.wallets import UMFUTURE, Wallet

BITCOIN = "BTC"


class FuturesAsset(NamedTuple):
    """An asset of the futures account, with what reading its balance needs at hand."""

    name: str
    slot: tuple[Wallet, str]
    untouched: AssetView


@dataclass(slots=True)
class Catalogue:
    """Listed assets and contracts in listing order, and USD index prices in units of 1e-8.

    `rules`: the filters of each contract as numbers.
    `revision` grows with every change, so that what is rendered from the catalogue can be kept.
    """

    assets: dict[str, Asset] = field(default_factory=dict)
    contracts: dict[str, Contract] = field(default_factory=dict)
    indices: dict[str, int] = field(default_factory=dict)
    rules: dict[str, Rules] = field(default_factory=dict)
    futures_assets: tuple[FuturesAsset, ...] = ()
    revision: int = 0

    def contract(self, symbol: str) -> Contract:
        """A listed contract; refuses where there is none."""
        found = self.contracts.get(symbol)
        if found is None:
            raise Rejected(Reason.UNKNOWN_SYMBOL, f"no symbol {symbol} is listed")
        return found


def futures_assets(catalogue: Catalogue) -> tuple[FuturesAsset, ...]:
    """The assets with a row in the futures account, in listing order."""
    return tuple(
        FuturesAsset(
            asset.name,
            (UMFUTURE, asset.name),
            AssetView(asset.name, 0, 0, 0, asset.collateral is not None, Millis(0)),
        )
        for asset in catalogue.assets.values()
        if asset.futures
    )


def decide_list_asset(command: ListAsset, at: Millis) -> AssetListed:
    """Configure an asset; every well-formed asset is welcome."""
    assert command.asset.index > 0
    return AssetListed(at=at, asset=command.asset)


def decide_list_contract(catalogue: Catalogue, command: ListContract, at: Millis) -> ContractListed:
    """Configure a contract.

    Refuses assets that are not listed, and a margin asset that has no futures row.
    """
    check_assets(catalogue.assets, command.contract)
    return ContractListed(at=at, contract=command.contract)


def check_assets(assets: Mapping[str, Asset], contract: Contract) -> None:
    """Refuse a contract on assets that are not listed or, for its margin, have no futures row."""
    for name in (contract.base_asset, contract.quote_asset, contract.margin_asset):
        _require_asset(assets, name)
    if not assets[contract.margin_asset].futures:
        raise Rejected(
            Reason.NOT_A_MARGIN_ASSET,
            f"{contract.margin_asset} is not an asset of the futures account; list it as one first",
        )


def decide_set_asset_index(
    catalogue: Catalogue, command: SetAssetIndex, at: Millis
) -> AssetIndexSet:
    """Set the index price of a listed asset."""
    _require_asset(catalogue.assets, command.asset)
    assert command.index > 0
    return AssetIndexSet(at=at, asset=command.asset, index=command.index)


def apply_asset_listed(catalogue: Catalogue, event: AssetListed) -> None:
    """Take the asset in; its index price starts over."""
    catalogue.assets[event.asset.name] = event.asset
    catalogue.indices[event.asset.name] = event.asset.index
    catalogue.futures_assets = futures_assets(catalogue)
    catalogue.revision += 1


def apply_contract_listed(catalogue: Catalogue, event: ContractListed) -> None:
    """Take the contract in."""
    catalogue.contracts[event.contract.symbol] = event.contract
    catalogue.rules[event.contract.symbol] = rules_of(event.contract)
    catalogue.revision += 1


def apply_asset_index_set(catalogue: Catalogue, event: AssetIndexSet) -> None:
    """Note the new index price."""
    catalogue.indices[event.asset] = event.index
    catalogue.revision += 1


def _require_asset(assets: Mapping[str, Asset], name: str) -> None:
    if name not in assets:
        raise Rejected(Reason.UNKNOWN_ASSET, f"no asset {name} is listed")
