"""A person who uses nothing but the keyboard, and looks at every stop: is the focus seen, is it stuck?"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from playwright.sync_api import Locator, Page, TimeoutError, expect

_LOOK = r"""() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const around = [at, at.parentElement, at.nextElementSibling, at.closest("label"), ...(at.labels ?? [])];
  const ring = around.some((e) => {
    const style = e && getComputedStyle(e);
    return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 &&
      !/, 0\)$|transparent/.test(style.outlineColor);
  });
  const box = (at.type === "file" && at.labels?.[0] || at).getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 24));
  // A message in passing may lie over it for a moment.
  const bare = !!top && (at.contains(top) || top.contains(at) || !!top.closest("[data-sonner-toaster]") ||
    [...(at.labels ?? [])].some((e) => e.contains(top)));
  const words = at.getAttribute("aria-label") || at.labels?.[0]?.innerText || at.innerText || at.title || "";
  globalThis.stops ??= new WeakMap();
  if (!stops.has(at)) stops.set(at, Math.random());
  const order = at.hasAttribute("tabindex") ? at.tabIndex : 0;  // what scrolls is a stop of the browser's own
  const inner = ["video", "iframe"].includes(at.localName) || /^(date|time)/.test(at.type);
  return { id: stops.get(at), inner, words: words.trim().slice(0, 60), ring, bare, order };
}"""


# What comes after pushes what has the focus out of sight.
_SETTLED = r"""() => new Promise((done) => {
  let before = -1, same = 0;
  const look = () => {
    const height = document.documentElement.scrollHeight;
    same = height === before ? same + 1 : 0;
    before = height;
    if (same > 3) done(); else setTimeout(look, 50);
  };
  look();
})"""


class Keys:
    """Goes through a page with Tab. Every stop must show its focus and lie where it can be seen."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def live(self) -> Keys:
        """Once the page has its data: before that it may still be the server's paint, whose links load documents."""
        expect(self.page.locator("main[data-live='true']")).to_be_attached()
        return self

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """In place of what stands in the field, as after Tab into it everything is selected."""
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(text)

    def stop(self) -> dict[str, Any] | None:
        """Where the focus is; ``None`` when it is nowhere in the page."""
        at: dict[str, Any] | None = self.page.evaluate(_LOOK)
        return at

    def forward(self, key: str = "Tab") -> dict[str, Any] | None:
        """One stop on, looked at. The stops inside a video or a date are the browser's own."""
        self.page.keyboard.press(key)
        at = self.stop()
        if at and not at["inner"] and not (at["ring"] and at["bare"]):
            with suppress(TimeoutError):  # while the page scrolls there, or the ring fades in
                self.page.wait_for_function(
                    f"() => (({{ ring, bare }}) => ring && bare)(({_LOOK})() ?? {{}})", timeout=2000
                )
            at = self.stop()
        if at and not at["inner"]:
            where = f"{self.page.url}: {at}"
            assert at["ring"], f"no focus ring at {where}"
            assert at["bare"], f"the focus is covered at {where}"
            assert at["order"] == 0, f"a tabindex of its own at {where}"
        return at

    def to(self, target: Locator, key: str = "Tab") -> Keys:
        """Tab until ``target`` has the focus, through the whole page at most once."""
        expect(target.first).to_be_attached()
        self.page.evaluate(_SETTLED)
        seen: list[Any] = []
        while not self.on(target):
            at = self.forward(key)
            stuck = at and not at["inner"] and at["id"] in [known and known["id"] for known in seen]
            assert not stuck, f"never reached {target} on {self.page.url}, but {[s and s['words'] for s in seen]}"
            assert len(seen) < 150
            seen.append(at)
        return self

    def on(self, target: Locator) -> bool:
        return bool(target.evaluate_all("(all) => all.includes(document.activeElement)"))

    def follow(self, target: Locator, key: str = "Enter") -> None:
        """Tab there and press it, with the key that a button or link takes."""
        self.to(target).press(key)

    def fill(self, label: str, text: str) -> None:
        self.to(self.page.get_by_label(label, exact=True)).type(text)

    def arrives(self) -> None:
        """The page's content takes the focus, and the next Tab stays in it."""
        expect(self.page.locator("#content")).to_be_focused()
        self.forward()
        assert self.page.evaluate("!!document.activeElement?.closest('main')"), self.stop()

    def around(self) -> set[str]:
        """Through the whole page, out of it and back to the first stop (so nothing holds the focus): the words of all."""
        found: dict[float, str] = {}
        first = None
        for _press in range(150):
            at = self.forward()
            if at and at["id"] == first:
                return set(found.values())
            if at:
                first = first or at["id"]
                found[at["id"]] = at["words"].split("\n")[0]
        raise AssertionError(f"the focus never came round on {self.page.url}: {list(found.values())[-5:]}")
