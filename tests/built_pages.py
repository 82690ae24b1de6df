"""A build of the pages that is as small as it can be, for tests of what is painted into it."""

from __future__ import annotations

from pathlib import Path

FALLBACK = (
    '<!DOCTYPE html><html><head><meta charSet="utf-8"/><link as="style" href="/assets/a.css" rel="preload"/>'
    '<link rel="modulepreload" href="/assets/manifest-1.js"/><script>theme()</script>'
    '<link href="/assets/a.css" rel="stylesheet" type="text/css"/></head><body><script type="module" async="">start()</script></body></html>'
)
INDEX = (
    '<body><div class="flex min-h-dvh"><a href="/#content">Skip</a><header><input id="search" type="search" name="q" '
    'value=""/></header><main class="mx-auto" data-live="false" id="content">x</main><footer>f</footer></div></body>'
)
MANIFEST = (
    'window.__reactRouterManifest={"routes":{"root":{"module":"/r.js","imports":[]},'
    '"l":{"path":"lessons/:lesson_slug","module":"/l.js","imports":["/i.js"]}}};'
)


def write(folder: Path) -> Path:
    (folder / "assets").mkdir()
    (folder / "assets" / "a.css").write_text("h1{color:red}")
    (folder / "assets" / "manifest-1.js").write_text(MANIFEST)
    (folder / "__spa-fallback.html").write_text(FALLBACK)
    (folder / "index.html").write_text(INDEX)
    (folder / "login.html").write_text("<head></head><body>login</body>")
    return folder
