"""BNB burn: whether spot fees and margin interest would be paid in BNB.

Sources: «Toggle BNB Burn On Spot Trade And Margin Interest» and «Get BNB Burn Status». Nothing
is traded on spot and nothing is borrowed here, so the switches are kept and cost nothing. The
official SDK spells them `spotBnbBurn` and `interestBnbBurn`, which is read as well.
"""

from msgspec import Struct, field

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security
from clearhouse.api.errors import ApiError, Family, Fault
from clearhouse.api.params import Switch
from clearhouse.messages.commands import SetBnbBurn
from clearhouse.messages.events import BnbBurnSet
from clearhouse.messages.queries import ReadWalletSettings

router = Router(Family.SAPI)

SPOT, INTEREST = "spotBNBBurn", "interestBNBBurn"


class BurnParams(Struct, frozen=True):
    """At least one of the two."""

    spot: Switch | None = field(default=None, name=SPOT)
    interest: Switch | None = field(default=None, name=INTEREST)


class Burn(Struct, frozen=True):
    """Both switches."""

    spot: bool = field(name=SPOT)
    interest: bool = field(name=INTEREST)


@router.post("/v1/bnbBurn", security=Security.USER_DATA)
async def set_bnb_burn(ctx: Context, params: BurnParams) -> Burn:
    """Toggle BNB burn on spot trade and margin interest.

    At least one of the switches; the other stays as it is.
    """
    if params.spot is None and params.interest is None:
        raise ApiError(Fault.MISSING, SPOT, hint=f"send {SPOT} or {INTEREST} or both")
    command = SetBnbBurn(uid=ctx.uid, spot=params.spot, interest=params.interest)
    done = await ctx.submit(command, BnbBurnSet)
    return Burn(done.spot, done.interest)


@router.get("/v1/bnbBurn", security=Security.USER_DATA)
async def bnb_burn(ctx: Context) -> Burn:
    """Get BNB burn status."""
    settings = await ctx.read(ReadWalletSettings(ctx.uid, ctx.now))
    return Burn(settings.spot_burn, settings.interest_burn)
