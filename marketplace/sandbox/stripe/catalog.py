"""Customers, products and prices, and the lines of a Checkout Session."""

from __future__ import annotations

import stripe
from starlette.routing import BaseRoute
from stripe.params._customer_create_params import CustomerCreateParams
from stripe.params._customer_list_params import CustomerListParams
from stripe.params._customer_retrieve_params import CustomerRetrieveParams
from stripe.params._price_create_params import PriceCreateParams
from stripe.params._price_list_params import PriceListParams
from stripe.params._price_retrieve_params import PriceRetrieveParams
from stripe.params._product_create_params import ProductCreateParams
from stripe.params._product_list_params import ProductListParams
from stripe.params._product_retrieve_params import ProductRetrieveParams

from marketplace.sandbox.app import Sandbox
from marketplace.sandbox.store import Row, Tx
from marketplace.sandbox.stripe.api import Call, Handler, retriever, route
from marketplace.sandbox.stripe.currencies import refuse_fractions
from marketplace.sandbox.stripe.errors import ApiError, invalid
from marketplace.sandbox.stripe.lists import list_objects, only
from marketplace.sandbox.stripe.objects import load, new_id, save, shape

MAX_LINES = 100


def routes(sandbox: Sandbox) -> list[BaseRoute]:
    return [
        route(sandbox, "POST", "/v1/customers", CustomerCreateParams, create_customer),
        route(sandbox, "GET", "/v1/customers", CustomerListParams, _lister("customer", "email")),
        route(sandbox, "GET", "/v1/customers/{id}", CustomerRetrieveParams, retriever("customer")),
        route(sandbox, "POST", "/v1/products", ProductCreateParams, create_product),
        route(sandbox, "GET", "/v1/products", ProductListParams, _lister("product", "active")),
        route(sandbox, "GET", "/v1/products/{id}", ProductRetrieveParams, retriever("product")),
        route(sandbox, "POST", "/v1/prices", PriceCreateParams, create_price),
        route(sandbox, "GET", "/v1/prices", PriceListParams, _lister("price", "active", "product")),
        route(sandbox, "GET", "/v1/prices/{id}", PriceRetrieveParams, retriever("price")),
    ]


def _lister(kind: str, *filters: str) -> Handler:
    async def list_(call: Call) -> Row:
        where = only(call.params, *filters)
        return await list_objects(call.tx, kind, where, call.params, f"/v1/{kind}s")

    return list_


def _base(tx: Tx, object_: str, prefix: str) -> Row:
    return {"id": new_id(prefix), "object": object_, "created": tx.timestamp(), "livemode": False, "metadata": {}}


async def create_customer(call: Call) -> Row:
    wanted = {name: call.params[name] for name in ("email", "name", "phone", "description") if name in call.params}
    settings = shape(stripe.Customer.InvoiceSettings, {})
    values = _base(call.tx, "customer", "cus_") | wanted
    values |= {"balance": 0, "delinquent": False, "metadata": call.params.get("metadata") or {}}
    return await save(call.tx, "customer", shape(stripe.Customer, values | {"invoice_settings": settings}))


async def create_product(call: Call) -> Row:
    return await save(call.tx, "product", _product(call.tx, call.params))


def _product(tx: Tx, params: Row) -> Row:
    values = _base(tx, "product", "prod_") | {
        "active": params.get("active", True),
        "description": params.get("description"),
        "images": params.get("images") or [],
        "marketing_features": [],
        "metadata": params.get("metadata") or {},
        "name": params["name"],
        "tax_code": params.get("tax_code"),
        "type": "service",
        "updated": tx.timestamp(),
    }
    return shape(stripe.Product, values)


async def create_price(call: Call) -> Row:
    if not call.params.get("product"):
        raise ApiError("Missing required param: product.", code="parameter_missing", param="product", stored=False)
    product = await load(call.tx, "product", call.params["product"], param="product", status=400)
    behavior = call.params.get("tax_behavior")
    row = _price(call.tx, product["id"], call.params["currency"], call.params.get("unit_amount", 0), behavior)
    row["metadata"] = call.params.get("metadata") or {}
    return await save(call.tx, "price", row)


def _price(tx: Tx, product: str, currency: str, unit_amount: int, behavior: str | None = None) -> Row:
    values = _base(tx, "price", "price_") | {
        "active": True,
        "billing_scheme": "per_unit",
        "currency": currency.lower(),
        "product": product,
        "tax_behavior": behavior or "unspecified",
        "type": "one_time",
        "unit_amount": unit_amount,
        "unit_amount_decimal": str(unit_amount),
    }
    return shape(stripe.Price, values)


async def line_items(tx: Tx, given: list[Row]) -> list[Row]:
    """Session lines from ``price`` or ``price_data``; one currency for all."""
    if len(given) > MAX_LINES:
        raise invalid(f"A Checkout Session takes {MAX_LINES} line items at most.", "line_items")
    lines = [await _line(tx, item, f"line_items[{number}]") for number, item in enumerate(given)]
    if len({line["currency"] for line in lines}) > 1:
        raise invalid("All line items must have the same currency.", "line_items")
    return lines


async def _line(tx: Tx, item: Row, path: str) -> Row:
    price, name = await _priced(tx, item, path)
    quantity = item.get("quantity", 1)
    if quantity < 1:
        raise invalid("This value must be greater than or equal to 1.", f"{path}[quantity]")
    amount = price["unit_amount"] * quantity
    refuse_fractions(price["unit_amount"], price["currency"], f"{path}[price_data][unit_amount]")
    values = {
        "id": new_id("li_"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": name,
        "metadata": item.get("metadata") or {},
        "price": price,
        "quantity": quantity,
    }
    return shape(stripe.LineItem, values)


async def _priced(tx: Tx, item: Row, path: str) -> tuple[Row, str]:
    if item.get("price"):
        price = await load(tx, "price", item["price"], param=f"{path}[price]", status=400)
        return price, (await load(tx, "product", price["product"]))["name"]
    data = item.get("price_data") or {}
    if "unit_amount" not in data or not (data.get("product") or data.get("product_data")):
        raise ApiError(
            f"Missing required param: {path}[price_data].", code="parameter_missing", param=path, stored=False
        )
    if data["unit_amount"] < 0:
        raise invalid("Invalid non-negative integer", f"{path}[price_data][unit_amount]")
    if data.get("product"):
        product = await load(tx, "product", data["product"], param=f"{path}[price_data][product]", status=400)
    else:
        product = await save(tx, "product", _product(tx, data["product_data"] | {"active": False}))
    price = _price(tx, product["id"], data["currency"], data["unit_amount"], data.get("tax_behavior"))
    return await save(tx, "price", price), product["name"]
