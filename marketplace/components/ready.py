"""Is somebody's press worth something yet?"""

from __future__ import annotations

import reflex as rx
from reflex.vars import VarData
from reflex_base.utils.imports import ImportVar

MODULE = """// Turns true when this document's page is connected and has loaded for the first time. Each later page turns
// `hydrated` off and on again: a button that goes along with that isn't there for a press in that moment.
let ready = false;

export const usePageReady = (hydrated) => {
  ready ||= hydrated;
  return ready;
};
"""


def page_ready() -> rx.Var[bool]:
    """True once the document is connected and its first page has loaded; it stays so."""
    hydrated = rx.State.is_hydrated
    hook = VarData(
        imports={"$/own/ready.js": [ImportVar(tag="usePageReady")]},
        hooks={f"const pageReady = usePageReady({hydrated!s})": None},
    )
    data = VarData.merge(hydrated._get_all_var_data(), hook)  # type: ignore[attr-defined]
    return rx.Var("pageReady", _var_type=bool, _var_data=data).bool()
