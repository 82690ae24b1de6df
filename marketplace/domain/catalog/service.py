"""The creator's side: drafts, publishing, and what becomes of published lessons."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from marketplace import text
from marketplace.clock import now
from marketplace.domain.access.service import Actor, require_creator, require_owner
from marketplace.domain.accounts import service as accounts
from marketplace.domain.audit import service as audit
from marketplace.domain.catalog import addresses, blocks, browse, rules, store
from marketplace.domain.catalog.errors import AlreadyOut, NotReady, StaleDraft
from marketplace.domain.catalog.models import LessonFields, Product, ProductDraft
from marketplace.domain.locks import hold
from marketplace.domain.media import service as media
from marketplace.domain.media.models import Image
from marketplace.domain.payouts import service as payouts
from marketplace.domain.search import service as search
from marketplace.errors import Conflict, Invalid, Missing
from marketplace.i18n import N_, _
from marketplace.keys import Place
from marketplace.money import EXPONENTS, MAX_MINOR

__all__ = ["addresses", "blocks", "browse", "rules"]

_FIELDS = tuple(LessonFields.model_fields)


async def create(session: AsyncSession, actor: Actor, kind: str = "lesson") -> Product:
    """An empty draft with a temporary address."""
    creator_id = require_creator(actor)
    creator = await accounts.account(session, creator_id)
    product = Product(kind=kind, creator_id=creator_id, creator_name=creator.name, slug=f"draft-{secrets.token_hex(8)}")
    session.add(product)
    await session.flush()
    session.add(ProductDraft(product_id=product.id))
    await session.flush()
    return product


async def start(session: AsyncSession, actor: Actor, kind: str = "lesson") -> Product:
    """What "New lesson" and "New course" open: the creator's still untouched draft if there is one, else a new one."""
    if kind not in ("lesson", "course"):
        raise Invalid("Choose one from the list.")
    creator_id = require_creator(actor)
    await hold(session, f"draft:{creator_id}")
    untouched = await store.untouched_draft(session, creator_id, kind)
    return untouched or await create(session, actor, kind)


async def load(session: AsyncSession, actor: Actor, product_id: UUID) -> tuple[Product, ProductDraft]:
    product = await store.product(session, product_id)
    if product is None:
        raise Missing
    require_owner(actor, product.creator_id)
    draft = await store.draft(session, product_id)
    assert draft is not None
    return product, draft


async def save(
    session: AsyncSession, actor: Actor, product_id: UUID, changes: Mapping[str, Any], *, revision: int | None
) -> ProductDraft:
    """Store some fields of the draft. ``revision`` is what the editor last saw; ``None`` for the server's own
    changes (an upload that finished). Raises ``StaleDraft`` when another tab saved meanwhile, ``Invalid`` with
    the field's name.
    """
    product, _draft = await load(session, actor, product_id)
    draft = await store.draft(session, product_id, lock=True)
    assert draft is not None
    if revision is not None and revision != draft.revision:
        raise StaleDraft
    if product.state == "archived":
        raise Conflict("This lesson is archived. Restore it before you change it.")
    for name, value in changes.items():
        setattr(draft, name, await _checked(session, actor, product, name, value))
    draft.revision += 1
    draft.updated_at = now()
    await session.flush()
    return draft


async def _checked(session: AsyncSession, actor: Actor, product: Product, name: str, value: Any) -> Any:
    if name in _LINES:
        label, limit = _LINES[name]
        return text.clean_line(str(value), limit=limit, field=name, label=label, required=False)
    if name == "description_md":
        return text.clean_text(str(value), limit=rules.MAX_DESCRIPTION, field="description", label="The description")
    if name == "learn":
        return _learn(value)
    if name == "slug":
        return await addresses.wish(session, product, str(value))
    if name in _CHOICES:
        if value not in _CHOICES[name]:
            raise Invalid(
                "“{value}” isn't one of the choices for “{name}”.", field=name, value=str(value)[:60], name=name
            )
        return value
    if name in ("price_minor", "min_minor"):
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_MINOR:
            raise Invalid("That price isn't possible.", field="price")
        return value
    if name in _BOUNDS:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _BOUNDS[name]:
            raise Invalid("Type a whole number from 0 to {most}.", field=name, most=_BOUNDS[name])
        return value
    if name == "opens_at":
        return _release(value)
    if name in ("video_id", "preview_video_id"):
        return (await media.own_video(session, actor, value)).id if value else None
    if name == "image_id":
        return (await media.own_image(session, actor, value)).id if value else None
    if name == "blocks":
        return await _page(session, actor, product, value)
    raise Invalid("Unknown field.")


async def _page(session: AsyncSession, actor: Actor, product: Product, value: Any) -> blocks.Blocks:
    """Pictures are public, and the creator's own."""
    found = blocks.checked(value, product.kind)
    wanted = blocks.picture_ids(found)
    public = await media.public_of(session, require_creator(actor), wanted)
    for image_id in wanted:
        if image_id not in public:
            await media.own_image(session, actor, image_id)
            raise Invalid("That picture can't be shown on a public page. Choose the file again.", field="blocks")
    return found


def _release(value: Any) -> datetime | None:
    if value is not None and (not isinstance(value, datetime) or value > now() + timedelta(days=rules.MAX_AHEAD)):
        raise Invalid("Choose a day within the next two years.", field="opens_at")
    return value


def _learn(value: Any) -> list[str]:
    lines = [
        text.clean_line(str(v), limit=rules.MAX_LEARN_LINE, field="learn", label="Each point", required=False)
        for v in value
    ]
    kept = [line for line in lines if line]
    if len(kept) > rules.MAX_LEARN:
        raise Invalid("At most {most} points: choose the ones that matter.", field="learn", most=rules.MAX_LEARN)
    return kept


_LINES = {"title": (N_("The title"), rules.MAX_TITLE), "summary": (N_("The summary"), rules.MAX_SUMMARY)}
_BOUNDS = {"refund_days": 60, "refund_max_percent": 100}
_CHOICES: dict[str, Any] = {
    "topic": {"", *rules.TOPICS}, "level": rules.LEVELS, "language": media.rules.LANGUAGES,
    "price_kind": rules.PRICE_KINDS, "currency": EXPONENTS, "before": rules.BEFORE,
}  # fmt: skip


async def fitting_page(session: AsyncSession, actor: Actor, page: blocks.Blocks) -> blocks.Blocks:
    """A page from elsewhere, without the pictures that aren't this creator's."""
    mine = await media.public_of(session, require_creator(actor), blocks.picture_ids(page))
    known = {str(id_) for id_ in mine}
    return [{key: value for key, value in block.items() if key != "image" or value in known} for block in page]


async def problems(session: AsyncSession, product: Product, draft: ProductDraft) -> list[rules.Problem]:
    """What keeps this draft from being published, now."""
    video = await media.video(session, draft.video_id) if draft.video_id else None
    image = (await media.images(session, [draft.image_id])).get(draft.image_id) if draft.image_id else None
    return rules.problems(
        rules.Facts(
            title=draft.title, summary=draft.summary, topic=draft.topic, description=draft.description_md,
            has_cover=image is not None and image.state == "ready", video_state=video.state if video else "",
            price_kind=draft.price_kind, price_minor=draft.price_minor, min_minor=draft.min_minor,
            currency=draft.currency, can_be_paid=await payouts.payable_account(session, product.creator_id) is not None,
            address_lost=await addresses.lost(session, draft), kind=product.kind,
            before=draft.before, has_release=draft.opens_at is not None,
        )
    )  # fmt: skip


async def publish(session: AsyncSession, actor: Actor, product_id: UUID, *, revision: int | None) -> Product:
    """Copy the draft to the public lesson. Raises ``NotReady`` with the first problem, ``StaleDraft``, and
    ``AddressTaken`` when somebody else took the wished address at this moment."""
    await load(session, actor, product_id)
    product = await store.product(session, product_id, lock=True)
    draft = await store.draft(session, product_id, lock=True)
    assert product is not None
    assert draft is not None
    if revision is not None and revision != draft.revision:
        raise StaleDraft
    found = await problems(session, product, draft)
    if found:
        raise NotReady(found[0].message, field=found[0].field)
    was = product.opens_at if rules.announced(product.before, product.opens_at, now()) else None
    if product.revision and was is None and rules.announced(draft.before, draft.opens_at, now()):
        raise AlreadyOut(field="opens_at")
    for name in _FIELDS:
        setattr(product, name, getattr(draft, name))
    _keep_release(product, draft, was)
    video = await media.video(session, draft.video_id) if draft.video_id else None
    creator = await accounts.account(session, product.creator_id)
    product.duration_s, product.creator_name = (video.duration_s if video else 0), creator.name
    await _put_on_offer(session, actor, product, draft)
    return product


def _keep_release(product: Product, draft: ProductDraft, was: datetime | None) -> None:
    """The day on which it came out stays known: refunds and lessons that open one by one are counted from it. Who takes
    an announcement back brings it out now."""
    if was is not None and not draft.before:
        product.opens_at = draft.opens_at = now()
    elif not draft.before and (draft.opens_at is None or draft.opens_at > now()):
        product.opens_at = draft.opens_at = None


async def put_on_offer(session: AsyncSession, actor: Actor, product_id: UUID) -> Product:
    """For what has no draft to copy but that of its page (a bundle): as it stands, into the shop."""
    await load(session, actor, product_id)
    product = await store.product(session, product_id, lock=True)
    draft = await store.draft(session, product_id, lock=True)
    assert product is not None
    assert draft is not None
    product.blocks = draft.blocks
    for name in _FIELDS:
        setattr(draft, name, getattr(product, name))
    product.creator_name = (await accounts.account(session, product.creator_id)).name
    await _put_on_offer(session, actor, product, draft)
    return product


async def _put_on_offer(session: AsyncSession, actor: Actor, product: Product, draft: ProductDraft) -> None:
    await addresses.settle(session, product, draft)
    product.state, product.revision, product.updated_at = "published", product.revision + 1, now()
    product.published_at = product.published_at or now()
    await audit.record(session, actor.account_id, "product.publish", f"product:{product.id}", revision=product.revision)
    await search.changed(session, product.id)


async def change_state(session: AsyncSession, actor: Actor, product_id: UUID, action: str) -> Product:
    """``unpublish``, ``archive`` or ``restore``. Who bought the lesson keeps it in every state."""
    await load(session, actor, product_id)
    product = await store.product(session, product_id, lock=True)
    assert product is not None
    allowed = {
        ("published", "unpublish"): "unpublished", ("draft", "archive"): "archived", ("published", "archive"): "archived",
        ("unpublished", "archive"): "archived", ("archived", "restore"): "unpublished" if product.revision else "draft",
    }  # fmt: skip
    if (product.state, action) not in allowed:
        raise Conflict("That isn't possible in the lesson's present state. Reload the page to see it.")
    product.state, product.updated_at = allowed[product.state, action], now()
    product.archived_at = now() if product.state == "archived" else None
    await audit.record(session, actor.account_id, f"product.{action}", f"product:{product.id}")
    await search.withdrawn(session, product.id)
    return product


async def withdraw_all(session: AsyncSession, actor: Actor) -> None:
    """A creator leaves: nothing of theirs is on offer any more; who bought it keeps it."""
    if actor.is_creator:
        await store.archive_all(session, require_creator(actor), now())
        await search.creator_left(session, require_creator(actor))


async def duplicate(session: AsyncSession, actor: Actor, product_id: UUID) -> Product:
    """A new draft with everything but the video, which belongs to one lesson."""
    original, source = await load(session, actor, product_id)
    if original.kind == "bundle":
        raise Conflict("A bundle can't be duplicated.")
    product = await create(session, actor, original.kind)
    draft = await store.draft(session, product.id, lock=True)
    assert draft is not None
    for name in _FIELDS:
        if name not in ("video_id", "preview_video_id"):
            setattr(draft, name, getattr(source, name))
    draft.title = (_("{title} (copy)").format(title=source.title) if source.title else "")[: rules.MAX_TITLE]
    draft.revision = 1
    await session.flush()
    return product


async def delete_draft(session: AsyncSession, actor: Actor, product_id: UUID) -> None:
    """Only what was never published can be deleted; the rest is archived."""
    product, draft = await load(session, actor, product_id)
    if product.revision:
        raise Conflict("A lesson that was published can be archived, not deleted: its buyers keep it.")
    for video_id in (draft.video_id, draft.preview_video_id):
        if video_id:
            await media.drop_video(session, video_id)
    await session.delete(draft)
    await session.flush()
    await session.delete(product)
    await session.flush()


async def studio(
    session: AsyncSession,
    actor: Actor,
    *,
    state: str = "",
    query: str = "",
    before: Place | None = None,
    limit: int = 30,
) -> list[tuple[Product, ProductDraft, Image | None]]:
    wanted = text.clean_line(query[:100], limit=100, field="query", label="The search", required=False)
    return await store.studio(session, require_creator(actor), state=state, query=wanted, before=before, limit=limit)


def has_changes(product: Product, draft: ProductDraft) -> bool:
    """Does the draft differ from what is published?"""
    return bool(draft.slug) or any(getattr(product, name) != getattr(draft, name) for name in _FIELDS)


def as_published(product: Product, draft: ProductDraft) -> Product:
    """What the shop would show if it were published now: a row that is never stored."""
    kept = ("id", "kind", "creator_id", "creator_name", "slug", "state", "duration_s", "published_at")
    return Product(
        **{name: getattr(product, name) for name in kept}, **{name: getattr(draft, name) for name in _FIELDS}
    )


async def creator_renamed(session: AsyncSession, creator_id: UUID, name: str) -> None:
    """Search finds lessons by their creator's name, so it is kept beside them."""
    await store.rename_creator(session, creator_id, name)
    await search.creator_changed(session, creator_id)
