"""Several orders in one request: each is taken or refused by itself, in the order sent.

Sources: «Place Multiple Orders», «Modify Multiple Orders», «Cancel Multiple Orders». An
element of the answer is an order, or the exchange's error object.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from msgspec import Raw, Struct

from clearhouse.api.context import Context
from clearhouse.api.endpoint import Router, Security, ip
from clearhouse.api.errors import ApiError, Family, failure_json
from clearhouse.api.fapi.listed import contract_of
from clearhouse.api.fapi.orders.answers import AmendedOrder, PlacedOrder
from clearhouse.api.fapi.orders.changing import (
    AmendParams,
    amend_command,
    change_answer,
    open_order,
)
from clearhouse.api.fapi.orders.forms import ClientIds, Elements, OrderIds
from clearhouse.api.fapi.orders.placing import PlaceParams, place_answer, place_command
from clearhouse.api.order_errors import OrderFault
from clearhouse.api.params import INTEGER, Symbol, compile_params, read_params
from clearhouse.api.wire import text_of
from clearhouse.messages.queries import CatalogueView, ReadCatalogue
from clearhouse.messages.rejections import Rejected
from clearhouse.messages.trading_commands import AmendOrder, CancelOrder, OrderName, PlaceOrder
from clearhouse.model.instruments import Contract

router = Router(Family.FAPI)
