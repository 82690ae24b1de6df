"""Production starts safely or not at all; the sandbox is nowhere once the keys are there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from marketplace.errors import ConfigurationError
from marketplace.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
GOOD: dict[str, Any] = {
    "marketplace_env": "production", "database_url": "postgresql://db.example/market",
    "public_url": "https://market.example", "secret_key": "k" * 40, "stripe_secret_key": "sk_live_x",
    "stripe_webhook_secret": "whsec_1", "stripe_connect_webhook_secret": "whsec_2", "stripe_thin_webhook_secret": "whsec_3",
    "supabase_url": "https://x.supabase.co", "supabase_publishable_key": "pk", "supabase_secret_key": "sk",
    "vimeo_access_token": "v", "vimeo_webhook_secret": "vs", "smtp_url": "smtp://mail.example", "mail_from": "a@b.example",
}  # fmt: skip


def build(**changes: Any) -> Settings:
    return Settings(_env_file=None, **{**GOOD, **changes})


def test_a_safe_production_starts() -> None:
    settings = build()
    assert settings.secure_cookies
    assert settings.sandboxed_vendors == []
    assert settings.origins == ["https://market.example"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"stripe_secret_key": ""}, "Stripe"), ({"vimeo_access_token": ""}, "Vimeo"), ({"smtp_url": ""}, "mail"),
        ({"supabase_secret_key": ""}, "Supabase"), ({"supabase_url": ""}, "Supabase"),
        ({"supabase_publishable_key": ""}, "Supabase"), ({"secret_key": "short"}, "SECRET_KEY"),
        ({"secret_key": Settings.model_fields["secret_key"].default}, "SECRET_KEY"),
        ({"database_url": ""}, "DATABASE_URL"), ({"allowed_origins": "https://a.example, *"}, "ALLOWED_ORIGINS"),
        ({"public_url": "http://market.example"}, "PUBLIC_URL"), ({"public_url": ""}, "PUBLIC_URL"),
    ],
)  # fmt: skip
def test_each_unsafe_condition_is_refused_by_name(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        build(**changes)
    assert named in str(refused.value)
    others = {"Stripe", "Vimeo", "Supabase", "SECRET_KEY", "DATABASE_URL", "ALLOWED_ORIGINS", "PUBLIC_URL"} - {named}
    assert not [other for other in others if other in str(refused.value)]


def test_several_web_processes_need_where_they_share_page_state() -> None:
    with pytest.raises(ConfigurationError, match="REDIS_URL"):
        build(web_processes=2)
    assert build(web_processes=2, redis_url="redis://cache.example").web_processes == 2


def test_all_faults_are_named_at_once_and_no_secret_is() -> None:
    with pytest.raises(ConfigurationError) as refused:
        build(stripe_secret_key="", database_url="", secret_key="hunter2-hunter2")
    message = str(refused.value)
    assert "Stripe" in message
    assert "DATABASE_URL" in message
    assert "SECRET_KEY" in message
    assert "hunter2" not in message


@pytest.mark.parametrize("environment", ["prod", "Production", "live", ""])
def test_a_misspelt_environment_is_not_development(environment: str) -> None:
    with pytest.raises(ValueError, match="marketplace_env"):
        Settings(_env_file=None, marketplace_env=environment)


def test_sandbox_secrets_are_not_used_beside_real_keys() -> None:
    settings = Settings(_env_file=None, marketplace_env="test", stripe_secret_key="sk_test_x", vimeo_access_token="x")
    assert settings.stripe_webhook_secret == settings.stripe_thin_webhook_secret == settings.vimeo_webhook_secret == ""


def _routes(**changes: str) -> list[str]:
    """The paths that the composition root mounts with these settings."""
    program = "import json, marketplace.marketplace as m; print(json.dumps([r.path for r in m.api.routes]))"
    environment = {name.upper(): value for name, value in {**GOOD, **changes}.items()}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120,
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **environment},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return list(json.loads(done.stdout.splitlines()[-1]))


def test_with_all_keys_there_is_no_sandbox() -> None:
    paths = _routes()
    assert "/healthz" in paths
    assert not [path for path in paths if "sandbox" in path]


def test_without_keys_there_is_one() -> None:
    assert "/sandbox" in _routes(marketplace_env="test", stripe_secret_key="")
