# Evently in production: `docker build -t evently .`; docker-compose.yml shows how its parts go together.

FROM python:3.11-slim-bookworm AS packages
RUN python -m venv /opt/venv
COPY requirements.txt .
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check -r requirements.txt


FROM python:3.11-slim-bookworm
# What WeasyPrint draws PDF tickets with, and letters for names in any script.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
        fonts-dejavu-core fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin evently
COPY --from=packages /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 EVENTLY_ENV=production
WORKDIR /app
COPY . .
# Production's settings ask for these; neither command uses them.
RUN export BASE_URL=https://build.invalid ALLOWED_HOSTS=build.invalid DATABASE_URL=postgresql://build.invalid/none \
        REDIS_URL=redis://build.invalid/0 SECRET_KEY="$(head -c 48 /dev/urandom | base64 -w0)" \
        TICKET_SIGNING_KEY="$(head -c 32 /dev/urandom | base64 -w0)" \
    && python manage.py build_fonts \
    && python manage.py collectstatic --noinput \
    && install -d -o evently var/media
USER evently
EXPOSE 8000
CMD ["uvicorn", "evently.asgi:application", "--host", "0.0.0.0", "--port", "8000", \
     "--loop", "evently.loop:Loop", "--ws", "websockets-sansio", "--ws-per-message-deflate", "false", "--ws-max-size", "16384", "--backlog", "4096", "--timeout-graceful-shutdown", "10", \
     "--no-server-header", "--no-access-log", "--no-proxy-headers"]
