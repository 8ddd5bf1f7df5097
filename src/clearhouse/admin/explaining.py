"""`GET /accounts/{uid}/explain`: what was asked, and the answer (docs/reference/explain.md)."""

from collections.abc import Iterable, Iterator, Mapping

from clearhouse.admin.errors import AdminError, malformed
from clearhouse.margin.quantities import names_in, scope_of, scopes_with
from clearhouse.margin.quantity import Scope
from clearhouse.messages.histories import BalanceSource, PostingRow, SourceView
from clearhouse.messages.queries import ExplainAccount, Explained, Place
from clearhouse.model.ids import Uid
from clearhouse.model.money import fixed8
from clearhouse.model.wallets import UMFUTURE
from clearhouse.runtime.venue import Venue

POSTED = "walletBalance"
"""The quantity that is a sum of postings."""

_OF = {Scope.ACCOUNT: "Of the account", Scope.ASSET: "of an asset", Scope.POSITION: "of a position"}
_NAMED = {Scope.ACCOUNT: "no asset or symbol", Scope.ASSET: "an asset", Scope.POSITION: "a symbol"}


def question(uid: Uid, params: Mapping[str, str]) -> ExplainAccount:
    """The question of a query string.

    Refuses an asset together with a symbol, a field that nothing has, and a field of something
    else than what is named.
    """
    field, asset, symbol = (params.get(name) or None for name in ("field", "asset", "symbol"))
    if asset and symbol:
        raise malformed("asset, symbol: a field is of one or the other; name one")
    if field:
        _check_field(field, scope_of(Place(asset or "", symbol or "")))
    return ExplainAccount(uid, field, asset, symbol)


async def explain(venue: Venue, asked: ExplainAccount, newest: int) -> object:
    """Explanations, and the postings behind them where a field or an asset is named.

    All of it is of one moment: postings that came after the explanation are left out.
    """
    view = await venue.read(asked)
    answer: dict[str, object] = {
        "uid": asked.uid,
        "seq": view.seq,
        "multiAssetsMargin": view.multi_assets,
        "fields": [_explained(one) for one in view.fields],
    }
    if asked.field or asked.asset:
        assets = dict.fromkeys(_posted(view.fields))
        sources = [BalanceSource(asked.uid, UMFUTURE, a, newest, view.seq) for a in assets]
        answer["postings"] = [_source(one, await venue.read(one)) for one in sources]
    return answer


def _check_field(field: str, scope: Scope) -> None:
    if field in names_in(scope):
        return
    others = scopes_with(field)
    if others:
        needed = " or ".join(_NAMED[other] for other in others)
        raise malformed(f"field: {field} is explained where {needed} is named")
    lists = "; ".join(f"{_OF[one]}: {', '.join(names_in(one))}" for one in Scope)
    raise AdminError(400, "unknown_field", f"no field {field[:40]} is explained. {lists}")


def _posted(explained: Iterable[Explained]) -> Iterator[str]:
    """The assets whose postings are behind some explanations."""
    for one in explained:
        if one.name == POSTED:
            yield one.place.asset
        yield from _posted(one.inputs)


def _explained(one: Explained) -> dict[str, object]:
    """What does not apply is left out."""
    asset, symbol, side = one.place
    shown = {
        "name": one.name,
        "asset": asset,
        "symbol": symbol,
        "positionSide": side,
        "value": one.value,
        "formula": one.formula,
        "source": one.source,
        "section": one.section,
        "inputs": [_explained(part) for part in one.inputs],
    }
    return {name: value for name, value in shown.items() if value not in ("", [])}


def _source(asked: BalanceSource, view: SourceView) -> object:
    return {
        "wallet": asked.wallet,
        "asset": asked.asset,
        "count": sum(count for count, _ in view.sums.values()),
        "amount": fixed8(sum(units for _, units in view.sums.values())),
        "sums": [
            {"why": why, "count": count, "amount": fixed8(units)}
            for why, (count, units) in view.sums.items()
        ],
        "newest": [_posting(row) for row in view.newest],
    }


def _posting(row: PostingRow) -> object:
    return {
        "seq": row.seq,
        "leg": row.leg,
        "tranId": row.tran_id,
        "amount": fixed8(row.units),
        "why": row.why,
        "time": row.at,
    }
