"""Settings: one frozen object, read once from the environment.

A vendor with no key uses the sandbox. ``MARKETPLACE_ENV=production`` refuses to start with any
sandbox, a default secret or wildcard origins, and says which.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from marketplace.errors import ConfigurationError
from marketplace.i18n import DEFAULT_LOCALE, translated

_DEV_SECRET = "development-only-secret-change-me-now"  # noqa: S105 - refused in production
OAUTH_NAMES = {"google": "Google", "github": "GitHub"}
_SANDBOX_WEBHOOK_SECRETS = {
    "stripe_webhook_secret": "whsec_sandbox_platform",
    "stripe_connect_webhook_secret": "whsec_sandbox_connect",
    "stripe_thin_webhook_secret": "whsec_sandbox_thin",
    "vimeo_webhook_secret": "sandbox-vimeo-secret",
}


class Settings(BaseSettings):
    """Everything the operator can set. Names are the environment variables in lower case."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    marketplace_env: Literal["development", "test", "production"] = "development"
    data_dir: Path = Path(".data")
    database_url: str = ""
    redis_url: str = ""
    port: int = Field(default=3000, ge=1, le=65535)
    public_url: str = ""
    api_url: str = ""
    allowed_origins: str = ""
    trusted_proxy_hops: int = Field(default=0, ge=0, le=8)
    site_name: str = "Atelier"
    languages: str = ""
    platform_fee_percent: Decimal = Field(default=Decimal("10"), ge=0, le=90)
    payout_hold_days: int = Field(default=0, ge=0, le=90)
    stripe_tax: Literal["off", "exclusive", "inclusive"] = "off"
    platform_country: str = Field(default="US", pattern="^[A-Z]{2}$")
    creator_countries: str = "US"
    seller_of_record: Literal["platform", "creator"] = "platform"
    seller_name: str = ""
    seller_address: str = ""
    seller_tax_id: str = ""
    invoice_prefix: str = Field(default="", pattern=r"^[A-Za-z0-9-]{0,12}$")
    document_fonts: str = ""
    secret_key: str = _DEV_SECRET
    session_days: int = Field(default=30, ge=1, le=400)

    stripe_secret_key: str = ""
    stripe_publishable_key: str = ""
    stripe_webhook_secret: str = ""
    stripe_connect_webhook_secret: str = ""
    stripe_thin_webhook_secret: str = ""

    supabase_url: str = ""
    supabase_publishable_key: str = ""
    supabase_secret_key: str = ""
    oauth_providers: str = "google,github"

    vimeo_access_token: str = ""
    vimeo_webhook_secret: str = ""

    smtp_url: str = ""
    mail_from: str = ""

    embeddings_url: str = Field(default="", pattern="^(sandbox|https?://[^ ]+)?$")
    embeddings_api_key: str = ""
    embeddings_model: str = Field(default="text-embedding-3-small", pattern=r"^[A-Za-z0-9._:/@+-]{1,100}$")
    embeddings_dimensions: int = Field(default=512, ge=8, le=4000)
    embeddings_min_similarity: float = Field(default=0.3, ge=0, le=1)

    web_processes: int = Field(default=1, ge=1, le=64)
    worker_in_web: bool = True
    indexnow_key: str = Field(default="", pattern="^([A-Za-z0-9-]{8,128})?$")
    indexnow_url: str = "https://api.indexnow.org/indexnow"
    page_cache_bytes: int = Field(default=64 * 1024**2, ge=0)
    upload_max_bytes: int = Field(default=4 * 1024**3, ge=1)
    file_max_bytes: int = Field(default=50 * 1024**2, ge=1)
    file_types: str = (
        "pdf,epub,txt,md,rtf,csv,tsv,xlsx,xls,ods,numbers,docx,doc,odt,pages,pptx,ppt,odp,key,zip,7z,tar,gz,"
        "jpg,jpeg,png,webp,gif,avif,tif,tiff,psd,ai,svg,dxf,stl,obj,gltf,glb,mp3,m4a,wav,flac,ogg,mid,midi,gp,gpx,musicxml,"
        "py,ipynb,json,yaml,yml,ttf,otf,pes,dst"
    )
    demo_data: bool = True

    @model_validator(mode="after")
    def _fill_defaults(self) -> Settings:
        fill = object.__setattr__
        if not self.public_url:
            fill(self, "public_url", f"http://localhost:{self.port}")
        fill(self, "public_url", self.public_url.rstrip("/"))
        fill(self, "api_url", self.api_url.rstrip("/") or self.public_url)
        fill(self, "seller_name", self.seller_name or self.site_name)
        if self.invoice_prefix.endswith(("CN-", "COR-")):  # as credit notes and corrections are numbered
            raise ValueError("INVOICE_PREFIX can't end in CN- or COR-")
        if not self.mail_from:
            fill(self, "mail_from", f"{self.site_name} <hello@example.com>")
        if self.stripe_sandboxed:
            for name in ("stripe_webhook_secret", "stripe_connect_webhook_secret", "stripe_thin_webhook_secret"):
                fill(self, name, getattr(self, name) or _SANDBOX_WEBHOOK_SECRETS[name])
        if self.vimeo_sandboxed and not self.vimeo_webhook_secret:
            fill(self, "vimeo_webhook_secret", _SANDBOX_WEBHOOK_SECRETS["vimeo_webhook_secret"])
        if unknown := [name for name in self.page_languages if name not in translated()]:
            raise ConfigurationError(f"LANGUAGES can name {', '.join(translated())}; it names {', '.join(unknown)}.")
        if unknown := [name for name in self.sign_in_providers if name not in OAUTH_NAMES]:
            known = ", ".join(OAUTH_NAMES)
            raise ConfigurationError(f"OAUTH_PROVIDERS can name {known}; it names {', '.join(unknown)}.")
        self._check_publishable_key()
        if self.web_processes > 1 and not self.redis_url:
            raise ConfigurationError("WEB_PROCESSES is more than one, but they share page state by REDIS_URL only.")
        if self.marketplace_env == "production":
            self._refuse_unsafe_production()
        return self

    def _check_publishable_key(self) -> None:
        """It goes to browsers: never a secret one, and of the same mode as the secret one."""
        key = self.stripe_publishable_key
        if not key:
            return
        if not key.startswith("pk_"):
            raise ConfigurationError("STRIPE_PUBLISHABLE_KEY has to begin with pk_: it is sent to browsers.")
        if self.stripe_secret_key and ("_live_" in key) != ("_live_" in self.stripe_secret_key):
            raise ConfigurationError(
                "STRIPE_PUBLISHABLE_KEY and STRIPE_SECRET_KEY are of different modes, test and live."
            )

    def _refuse_unsafe_production(self) -> None:
        problems = []
        if self.sandboxed_vendors:
            problems.append("these vendors have no key and would use the sandbox: " + ", ".join(self.sandboxed_vendors))
        if self.secret_key == _DEV_SECRET or len(self.secret_key) < 32:
            problems.append("SECRET_KEY is the default or shorter than 32 characters")
        if not self.database_url:
            problems.append("DATABASE_URL is not set")
        if "*" in self.origins:
            problems.append("ALLOWED_ORIGINS contains *")
        if not self.public_url.startswith("https://"):
            problems.append("PUBLIC_URL must start with https://")
        if problems:
            raise ConfigurationError("Refusing to start in production: " + "; ".join(problems) + ".")

    @property
    def stripe_sandboxed(self) -> bool:
        return not self.stripe_secret_key

    @property
    def stripe_embedded(self) -> bool:
        """May parts of Stripe's dashboard be shown inside our pages?"""
        return bool(self.stripe_secret_key and self.stripe_publishable_key)

    @property
    def supabase_sandboxed(self) -> bool:
        return not (self.supabase_url and self.supabase_publishable_key and self.supabase_secret_key)

    @property
    def vimeo_sandboxed(self) -> bool:
        return not self.vimeo_access_token

    @property
    def mail_sandboxed(self) -> bool:
        return not self.smtp_url

    @property
    def embeddings_sandboxed(self) -> bool:
        """Only when asked for: without an address there is no search by meaning."""
        return self.embeddings_url == "sandbox"

    @property
    def sandboxed_vendors(self) -> list[str]:
        flags = {
            "Stripe": self.stripe_sandboxed,
            "Supabase": self.supabase_sandboxed,
            "Vimeo": self.vimeo_sandboxed,
            "mail": self.mail_sandboxed,
            "embeddings": self.embeddings_sandboxed,
        }
        return [name for name, on in flags.items() if on]

    @property
    def sign_in_providers(self) -> list[str]:
        """Besides the password: keys of ``OAUTH_NAMES``, in the order of their buttons."""
        named = [name.strip().lower() for name in self.oauth_providers.split(",")]
        return list(dict.fromkeys(name for name in named if name))

    @property
    def page_languages(self) -> list[str]:
        """What the pages are compiled in: English, which has no prefix, then the others; all there are by default."""
        named = [name.strip() for name in self.languages.split(",") if name.strip()] or translated()
        return list(dict.fromkeys([DEFAULT_LOCALE, *named]))

    @property
    def origins(self) -> list[str]:
        """Origins allowed to open the websocket and call the API."""
        extra = [o.strip().rstrip("/") for o in self.allowed_origins.split(",") if o.strip()]
        local = [f"http://localhost:{self.port}", f"http://127.0.0.1:{self.port}"]
        return list(dict.fromkeys([self.public_url, *extra, *([] if self.is_production else local)]))

    @property
    def backend(self) -> str:
        """What goes before a backend route in a link: nothing, unless pages and API are on two hosts."""
        return "" if self.api_url == self.public_url else self.api_url

    @property
    def file_endings(self) -> list[str]:
        """Of the files that creators may add to lessons."""
        return [part.strip().lower().lstrip(".") for part in self.file_types.split(",") if part.strip()]

    @property
    def font_files(self) -> list[Path]:
        """Further fonts for invoices as PDF, in the order in which they are tried."""
        return [Path(part.strip()) for part in self.document_fonts.split(",") if part.strip()]

    @property
    def is_production(self) -> bool:
        return self.marketplace_env == "production"

    @property
    def secure_cookies(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def sandbox_internal_url(self) -> str:
        """Where the vendors' SDKs reach the sandbox: loopback, never the public address."""
        return f"http://127.0.0.1:{self.port}/sandbox"

    @property
    def sandbox_public_url(self) -> str:
        """Where a browser reaches the sandbox."""
        return f"{self.public_url}/sandbox"


@cache
def get_settings() -> Settings:
    """The one settings object of this process."""
    return Settings()
