"""A part of the page that becomes another: focus and view go to its beginning, as they would on a new page."""

from __future__ import annotations

from typing import Any

import reflex as rx

_FOLLOW = r"""
function Follow({ stage, className, children }) {
  const box = useRef(null);
  const before = useRef(stage);
  useEffect(() => {
    if (before.current === stage) return;
    before.current = stage;
    box.current?.focus({ preventScroll: true });
    box.current?.scrollIntoView({ block: "start" });
  }, [stage]);
  return <div ref={box} tabIndex={-1} className={className}>{children}</div>;
}
"""


class Follow(rx.Component):
    """Its first stage moves nothing."""

    tag = "Follow"

    stage: rx.Var[str]

    def add_imports(self) -> dict[str, list[str]]:
        return {"react": ["useEffect", "useRef"]}

    def add_custom_code(self) -> list[str]:
        return [_FOLLOW]


def follow(*children: rx.Component, stage: rx.Var, **props: Any) -> rx.Component:
    return Follow.create(*children, stage=stage, **props)
