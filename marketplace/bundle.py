"""What the pages' JavaScript leaves out, and what comes late.

The framework brings libraries for what an app might do. These pages do less: styles are classes, cookies are the
server's, the connection is a websocket. While the frontend is built, such libraries are replaced by a few lines that
do what the pages need, and fail loudly at what they don't. Why each may go: the decision on
the lean bundle, in ``docs/decisions``.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import reflex as rx
from reflex_base.constants import ReactRouter

from marketplace.route_table import shorten

_STYLES = """
// Elements whose styles, if any, are flat: they become the element's own.
import { createElement } from "react";

export function jsx(type, props, ...children) {
  if (!props?.css) return createElement(type, props, ...children);
  const { css, style, ...rest } = props;
  return createElement(type, { ...rest, style: { ...css, ...style } }, ...children);
}
"""

_COOKIES = """
// Cookies are set by the server, and HttpOnly.
const refuse = () => {
  throw new Error("Pages keep nothing in cookies: the server does");
};

export default class Cookies {
  get = refuse;
  set = refuse;
  remove = refuse;
}
"""

_MERGE = """
// The later one's values win, at any depth.
const isPlain = (value) => Object.prototype.toString.call(value) === "[object Object]";

export const mergician = (one, other) => {
  const merged = { ...one };
  for (const [name, value] of Object.entries(other))
    merged[name] = isPlain(value) && isPlain(merged[name]) ? mergician(merged[name], value) : value;
  return merged;
};
"""

_TRANSPORTS = """
// The connection is a websocket, from its first byte.
export const XHR = undefined;
export const WT = undefined;
"""

_UPLOAD = """
// Files go to addresses of ours, in pieces: components/uploader.
export const uploadFiles = () => {
  throw new Error("Pages send no files through the framework");
};
"""

_REPLACED = {
    "@emotion/react": ("styles.js", _STYLES),
    "universal-cookie": ("cookies.js", _COOKIES),
    "mergician": ("merge.js", _MERGE),
    "/utils/helpers/upload": ("upload.js", _UPLOAD),
    "./polling-xhr.node.js": ("transports.js", _TRANSPORTS),
    "./webtransport.js": ("transports.js", _TRANSPORTS),
}

_PLUGIN = """
const lean = %s;

function leanLibraries() {
  return {
    name: "lean-libraries",
    enforce: "pre",
    resolveId(source, importer) {
      // The framework's own files come with the folder they are in before their name.
      const name = Object.keys(lean).find((one) => source === one || (one.startsWith("/") && source.endsWith(one)));
      const file = name && lean[name];
      if (!file || (source.startsWith(".") && !importer?.includes("engine.io-client"))) return null;
      return fileURLToPath(new URL("./lean/" + file, import.meta.url));
    },
  };
}

const storefront = new RegExp(
  "pages.(storefront|search|topics|creator|lesson|missing)[^\\\\w]" +
    "|routes.(\\\\[[a-z]{2}(-\\\\w+)?\\\\]\\\\.)?(_index|\\\\[(404|search|topics|lessons|courses|creators)\\\\])",
);

function iconsFile(id, chunks) {
  const users = chunks.getModuleInfo(id)?.importers ?? [];
  const ofStorefront = (file) => !/.web.app.*(pages|routes)/.test(file) || storefront.test(file);
  return users.some(ofStorefront) ? "icons" : "more-icons";
}

export default defineConfig"""

# Alone, each icon's answer would have a head that weighs more than the icon: those of the storefront and of what all
# pages share are one file, all others another. React is a file that lives long.
_FILES = """{ test: /node_modules.(react|react-dom|scheduler)[^-\\w]/, name: "react" },
            { test: /lucide-react/, name: iconsFile },
            """

_NESTED = re.compile(r"css:\(\{[^{}]*\(\{")


class LeanBundle(rx.plugins.Plugin):
    """For ``rx.Config(plugins=…)``."""

    def get_static_assets(self, **_context: Any) -> list[tuple[Path, str]]:
        from marketplace.components.ready import MODULE
        from marketplace.components.suggest_js import SUGGEST_MODULE
        from marketplace.components.vimeo_player_js import PLAYER_MODULE

        lean = [(Path("lean") / name, code.lstrip()) for name, code in dict(_REPLACED.values()).items()]
        late = [(Path("late/player.jsx"), PLAYER_MODULE), (Path("late/suggest.jsx"), SUGGEST_MODULE)]
        return [*lean, *late, (Path("own/ready.js"), MODULE)]

    def pre_compile(self, **context: Any) -> None:
        context["add_modify_task"](ReactRouter.VITE_CONFIG_FILE, lean_config)

    def post_build(self, **context: Any) -> None:
        from reflex.utils.prerequisites import get_web_dir

        check_styles(get_web_dir())
        for table in context["static_dir"].glob("assets/manifest-*.js"):
            table.write_text(shorten(table.read_text()))


def lean_config(config: str) -> str:
    """Vite's configuration with the replacements and the files of its own for React and the icons."""
    if "leanLibraries" in config:
        return config
    files = json.dumps({source: name for source, (name, _code) in _REPLACED.items()})
    for before, after in (
        ("export default defineConfig", _PLUGIN.lstrip() % files),
        ("plugins: [\n", "plugins: [\n    leanLibraries(),\n"),
        ("groups: [\n            ", "groups: [\n            " + _FILES),
    ):
        if config.count(before) != 1:
            raise RuntimeError(f"Vite's configuration has changed: {before!r} is not in it once")
        config = config.replace(before, after)
    return config


def check_styles(web: Path) -> None:
    """A style of an element cannot hold states, selectors or widths: those are classes."""
    for folder in ("app", "app_components", "utils/components"):
        for file in sorted((web / folder).rglob("*.jsx")):
            if found := _NESTED.search(file.read_text()):
                raise ValueError(f"{file.relative_to(web)}: use classes for what isn't flat: {found[0][-120:]}")
