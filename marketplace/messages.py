"""The catalogues of translations: what the code says, brought into ``locale/<language>/LC_MESSAGES/messages.po``.

``python -m marketplace messages`` keeps what was translated, adds what is new and drops what is gone. A test fails
while a language lacks something.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from marketplace.i18n import DEFAULT_LOCALE, LOCALE_DIR, translated

ROOT = Path(__file__).parent
SKIPPED = ("sandbox", "demo", "locale")  # only for those who develop, or content
CALLS = {"_": 1, "N_": 1, "ngettext": 2}
CLEANERS = ("clean_line", "clean_text")  # their ``label`` stands in what they refuse


def sources() -> list[Path]:
    return sorted(p for p in ROOT.rglob("*.py") if p.relative_to(ROOT).parts[0] not in SKIPPED)


def extract() -> Catalog:
    """Every text of the code, with the files it stands in."""
    catalogue = Catalog(project="marketplace", charset="utf-8")
    trees = [(path, ast.parse(path.read_text())) for path in sources()]
    errors = _error_names([tree for _path, tree in trees])
    for path, tree in trees:
        for message in _texts(tree, errors):
            catalogue.add(message, locations=[(str(path.relative_to(ROOT.parent)), 0)])
    return catalogue


def _error_names(trees: list[ast.Module]) -> set[str]:
    """``MarketplaceError`` and all that are made of it: their first argument is for people."""
    classes = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    names, size = {"MarketplaceError"}, 0
    while size != len(names):
        size = len(names)
        names |= {c.name for c in classes if any(isinstance(b, ast.Name) and b.id in names for b in c.bases)}
    return names


def _texts(tree: ast.Module, errors: set[str]) -> Iterator[str | tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            wanted = CALLS.get(node.func.id, 1 if node.func.id in errors else 0)
            words = [text for arg in node.args[:wanted] if (text := _constant(arg))]
            if wanted and len(words) == wanted:
                yield (words[0], words[1]) if wanted == 2 else words[0]
        if isinstance(node, ast.Call) and _called(node) in CLEANERS:
            yield from (text for word in node.keywords if word.arg == "label" and (text := _constant(word.value)))
        elif isinstance(node, ast.ClassDef) and node.name in errors:
            for line in node.body:
                if isinstance(line, ast.Assign | ast.AnnAssign) and line.value is not None:
                    target = line.targets[0] if isinstance(line, ast.Assign) else line.target
                    if isinstance(target, ast.Name) and target.id == "message" and (text := _constant(line.value)):
                        yield text


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def _constant(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def catalogue(language: str) -> Catalog:
    path = LOCALE_DIR / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)


def missing(language: str) -> list[Message]:
    """What the code says and this language can't."""
    known = catalogue(language)
    return [m for m in extract() if m.id and not _is_translated(known.get(m.id))]


def _is_translated(message: Message | None) -> bool:
    if message is None or message.fuzzy:
        return False
    parts = message.string if isinstance(message.string, list | tuple) else [message.string]
    return all(parts)


def update() -> None:
    """For ``python -m marketplace messages``."""
    template = extract()
    for language in translated():
        if language != DEFAULT_LOCALE:
            known = catalogue(language)
            known.update(template, no_fuzzy_matching=True, update_creation_date=False)
            known.obsolete.clear()
            path = LOCALE_DIR / language / "LC_MESSAGES" / "messages.po"
            with path.open("wb") as file:
                write_po(file, known, width=120, include_lineno=False, sort_by_file=True, ignore_obsolete=True)
            print(f"{language}: {len(template)} texts, {len(missing(language))} to translate")
