"""``/studio/new``: the lesson wizard, a state machine over one draft.

Steps are details → video → price → publish; any can be visited at any time. Every change is saved at
once with the revision this tab last saw: a tab that fell behind is told, and overwrites nothing.
"""

from __future__ import annotations

from uuid import UUID

import reflex as rx

from marketplace.db import transaction
from marketplace.domain.catalog import service as catalog
from marketplace.domain.catalog.errors import AddressTaken, NotReady, StaleDraft
from marketplace.domain.catalog.rules import LEVELS, MAX_LEARN, TOPICS
from marketplace.domain.courses import service as courses
from marketplace.domain.media.rules import LANGUAGES
from marketplace.errors import MarketplaceError
from marketplace.i18n import _
from marketplace.jobs.media import protect
from marketplace.money import parse
from marketplace.present import price
from marketplace.state.action import action, actor
from marketplace.state.base import need_id, param
from marketplace.state.publish_notes import PublishNotes
from marketplace.state.viewer import problem, success
from marketplace.state.wizard_files import CoverUpload
from marketplace.state.wizard_text import Typing
from marketplace.state.wizard_video import VideoUpload


class WizardState(Typing, CoverUpload, VideoUpload, rx.State):
    """Opening a draft and publishing it. ``opened`` is the address's id of the draft that is shown."""

    opened: str = ""
    busy: bool = False
    starting: bool = False

    @action("anyone")
    async def on_load(self):
        """Open the draft of ``?id=``, or start one. A change of step leaves the rest of the page as it is."""
        if not actor().is_creator:
            return rx.redirect("/studio" if actor().signed_in else "/login?next=/studio/new", replace=True)
        wanted = param(self, "id")
        if not wanted or wanted != self._product_id or self.failure:
            self.reset()
        self.cover_upload_url = self.video_upload_url = self.caption_upload_url = self._failed_video = ""
        try:
            if not wanted:
                self.starting = True
                return WizardState.begin
            await self._open(wanted)
            self.opened = wanted
        except MarketplaceError as error:
            self.failure = error.text
        self.loaded = True
        return WizardState.follow_video if self.video.get("state") == "transcoding" else None

    @action("creator", rate=(30, 600))
    async def begin(self):
        """An empty draft; the one before it if nobody wrote into that, so that looking at the page leaves nothing."""
        async with transaction() as session:
            product = await catalog.start(session, actor(), param(self, "kind") or "lesson")
        return rx.redirect(f"/studio/new?id={product.id}", replace=True)

    @action("creator", rate=(60, 60))
    async def reload(self):
        """Take the version that another tab saved."""
        self.errors = {}
        await self._refresh()
        self.version += 1

    @action("creator", rate=(20, 60), background=True)
    async def publish(self):
        """Lock the video to our domain, then copy the draft to the shop."""
        async with self:
            if self.busy:
                return None
            self.busy, product_id, revision, video_id = True, self._product_id, self._revision, self._video_id
            is_course = self.is_course
            said = await self.get_state(PublishNotes)
            notes, mail = said.notes, said.mail
        try:
            async with transaction() as session:
                await catalog.load(session, actor(), need_id(product_id))
                videos = await courses.videos(session, actor(), need_id(product_id)) if is_course else []
            for each in [UUID(video_id)] if video_id else videos:
                await protect(each)
            async with transaction() as session:
                if is_course:
                    await courses.publish(
                        session, actor(), need_id(product_id), revision=revision, notes=notes, mail=mail
                    )
                else:
                    await catalog.publish(session, actor(), need_id(product_id), revision=revision)
            async with self:
                await self._refresh()
                (await self.get_state(PublishNotes))._published()
            return success(
                _("Published. Your course is in the shop.")
                if is_course
                else _("Published. Your lesson is in the shop.")
            )
        except StaleDraft:
            async with self:
                self.stale = True
            return None
        except (NotReady, AddressTaken) as error:
            async with self:
                await self._refresh()
            return problem(error.text)
        finally:
            async with self:
                self.busy = False

    @action("creator", rate=(20, 60))
    async def unpublish(self):
        async with transaction() as session:
            await catalog.change_state(session, actor(), need_id(self._product_id), "unpublish")
        await self._refresh()
        return success(_("Taken off the shop. Buyers keep it."))

    @rx.var
    def preview(self) -> dict[str, str]:
        """The lesson as a buyer would see it."""
        form = self.form
        if not form:
            return {}
        untitled = _("Untitled course") if self.is_course else _("Untitled lesson")
        length = self.curriculum if self.is_course else self.video
        return {
            "title": form["title"] or untitled, "summary": form["summary"], "topic": _(TOPICS.get(form["topic"], "")),
            "level": _(LEVELS.get(form["level"], "")), "price": preview_price(form), "cover": self.cover.get("src", ""),
            "cover_srcset": self.cover.get("srcset", ""), "cover_avif": "", "cover_color": self.cover.get("color", "#e6e0d6"),
            "duration": length.get("duration", ""), "language": LANGUAGES.get(form["language"], ""),
            "creator": self._creator[0], "creator_avatar": self._creator[1], "rating": "", "href": "#",
        }  # fmt: skip

    @rx.var
    def learn_rows(self) -> list[str]:
        """The points, and an empty line to add one."""
        return [*self.learn, ""] if len(self.learn) < MAX_LEARN else self.learn

    @rx.var
    def step_states(self) -> dict[str, str]:
        return {step["key"]: step["state"] for step in self.steps}

    @rx.var
    def price_problems(self) -> dict[str, str]:
        """What keeps typed amounts from being published; an amount that is still empty is no mistake yet."""
        names = ("price", "minimum")
        return {p["field"]: p["message"] for p in self.problems if p["field"] in names and self.form.get(p["field"])}


def preview_price(form: dict[str, str]) -> str:
    try:
        amounts = [parse(form[name], form["currency"]) if form[name] else 0 for name in ("price", "minimum")]
    except MarketplaceError:
        return ""
    return price(form["price_kind"], amounts[0], amounts[1], form["currency"])
