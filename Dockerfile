# Evently in production: `docker build -t evently .`; docker-compose.yml shows how its parts go together.

FROM python:3.11-slim-trixie AS packages
WORKDIR /build
RUN python -m venv /opt/venv
COPY requirements.txt .
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check -r requirements.txt


FROM python:3.11-slim-trixie
# What WeasyPrint draws PDF tickets with, letters for names in any script, and pg_dump for `manage.py backup`.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 postgresql-client-17 \
        fonts-dejavu-core fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin evently
COPY --from=packages /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 EVENTLY_ENV=production XDG_CACHE_HOME=/tmp
WORKDIR /app
COPY . .
# Production's settings ask for these; neither command uses them.
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN SECRET_KEY="$(head -c 48 /dev/urandom | base64 -w0)" && TICKET_SIGNING_KEY="$(head -c 32 /dev/urandom | base64 -w0)" \
    && export SECRET_KEY TICKET_SIGNING_KEY BASE_URL=https://build.invalid ALLOWED_HOSTS=build.invalid \
        DATABASE_URL=postgresql://build.invalid/none REDIS_URL=redis://build.invalid/0 \
    && python manage.py build_fonts \
    && python manage.py collectstatic --noinput \
    && install -d -o evently var/media
USER 10001
EXPOSE 8000
# For web alone: the other parts say in docker-compose.yml how they are asked.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "deploy/alive.py"]
CMD ["deploy/start", "web"]
