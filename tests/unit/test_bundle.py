"""What the pages' JavaScript leaves out, put into the build's configuration."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from marketplace.bundle import LeanBundle, check_styles, lean_config
from marketplace.components.suggest_js import SCRIPT
from marketplace.components.vimeo_player_js import VIMEO_PLAYER

CONFIG = """import { fileURLToPath, URL } from "url";
export default defineConfig((config) => ({
  plugins: [
    reactRouter(),
  ],
  build: { rollupOptions: { output: { codeSplitting: {
          groups: [
            { test: /env.json/, name: "reflex-env" },
"""


def test_every_replacement_is_a_file_that_the_build_gets() -> None:
    config = lean_config(CONFIG)
    assets = LeanBundle().get_static_assets()
    files = {path.name: code for path, code in assets if path.parent.name == "lean"}
    assert files
    assert all(f'"{name}"' in config for name in files)
    assert "export function jsx(" in files["styles.js"]
    assert "leanLibraries()," in config
    assert config.index("leanLibraries(),") < config.index("reactRouter(),")
    assert config.index("name: iconsFile") < config.index('name: "reflex-env"')


def test_what_comes_late_is_asked_for_by_its_name() -> None:
    late = {path.name: code for path, code in LeanBundle().get_static_assets() if path.parent.name == "late"}
    asked = "".join([VIMEO_PLAYER, SCRIPT])
    assert set(re.findall(r'import\("\$/late/([\w.]+)"\)', asked)) == set(late)
    assert all("export default function" in code for code in late.values())


def test_a_second_time_changes_nothing() -> None:
    assert lean_config(lean_config(CONFIG)) == lean_config(CONFIG)


def test_a_configuration_that_looks_different_is_refused() -> None:
    with pytest.raises(RuntimeError, match="has changed"):
        lean_config(CONFIG.replace("groups: [", "chunks: ["))


@pytest.mark.parametrize(
    ("props", "flat"),
    [
        ('({css:({ ["backgroundColor"] : item?.["color"], ["fill"] : "none" })})', True),
        ('({className:"hover:underline [&>svg]:size-4"})', True),
        ('({css:({ ["color"] : "red", ["&:hover"] : ({ ["color"] : "blue" }) })})', False),
        ('({css:({ ["@media screen and (min-width: 30em)"] : ({ ["width"] : "50%" }) })})', False),
    ],
)
def test_styles_that_classes_should_hold_stop_the_build(tmp_path: Path, props: str, flat: bool) -> None:
    page = tmp_path / "app" / "routes" / "_index.jsx"
    page.parent.mkdir(parents=True)
    page.write_text(f'export default () => (jsx("div", {props}))')
    if flat:
        return check_styles(tmp_path)
    with pytest.raises(ValueError, match="use classes"):
        check_styles(tmp_path)
