# The image of every Switchboard process: web by default, worker, beat and migrations by another command.
FROM python:3.11-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements.txt /srv/switchboard/
WORKDIR /srv/switchboard
RUN pip install --require-hashes -r requirements.txt
COPY . .
# Settings refuse to load without production's secrets; collecting files needs none of them, so these are words.
RUN DEBUG=false SECRET_KEY=build ENCRYPTION_KEYS=b25seS1mb3ItdGhlLWNoZWNrLTAxMjM0NTY3ODktYWI= JWT_SIGNING_KEYS=build:build-build-build-build-build-build-build API_KEY=build ADMIN_API_KEY=build CHECKOUT_API_KEY=build \
    METRICS_TOKEN=build DATABASE_URL=postgresql://build/build REDIS_URL=redis://build/0 MONGODB_URI=mongodb://build/ \
    SMTP_SERVER=build EMAIL_SENDER=build@build CTO_EMAIL=build@build ALLOWED_HOSTS=build API_BASE_URL=http://build AUDIT_SIGNING_KEYS=build AUDIT_CHECKPOINTS_FILE=/build \
    python manage.py collectstatic --no-input && python -m compileall -q .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin switchboard \
    && install --directory --owner=switchboard /var/lib/switchboard
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DEBUG=false LOG_FORMAT=json DATABASE_POOL=true
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/switchboard /srv/switchboard
WORKDIR /srv/switchboard
USER switchboard
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 CMD \
    ["python", "-c", "import urllib.request as web; web.urlopen('http://127.0.0.1:8000/livez', timeout=2)"]
CMD ["python", "-m", "core.web", "config.wsgi:application", "--host", "0.0.0.0", "--port", "8000", \
     "--drain-seconds", "5", "--kill-seconds", "20"]
