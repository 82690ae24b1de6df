"""Starting a player that was put into the page by a press on its cover."""

from __future__ import annotations

import reflex as rx


class StartPlaying(rx.Component):
    """Plays the media element beside it as soon as there is one, if the browser allows. Renders nothing visible.

    The press that brought the player in is the visitor's consent; without this they'd have to press twice.
    """

    tag = "StartPlaying"

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["useEffect", "useRef"]}

    def add_custom_code(self) -> list[str]:
        return [
            """function StartPlaying() {
  const here = useRef(null);
  useEffect(() => {
    let tries = 0;
    const timer = setInterval(() => {
      const media = here.current?.parentElement?.querySelector("video, vimeo-video");
      if (media || ++tries > 100) clearInterval(timer);
      if (!media) return;
      media.closest("[role=region]")?.focus({ preventScroll: true });
      media.play?.()?.catch?.(() => {});
    }, 100);
    return () => clearInterval(timer);
  }, []);
  return <span ref={here} hidden />;
}"""
        ]
