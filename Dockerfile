# One image, one process. The data folder is the only thing to keep.
FROM python:3.11-slim-bookworm

RUN useradd --create-home --uid 10001 zoetrope \
    && mkdir -p /app /data && chown zoetrope /data
WORKDIR /app

COPY requirements/run.txt requirements/waifu2x.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/run.txt \
    && pip install --no-cache-dir --require-hashes --no-deps -r requirements/waifu2x.txt

COPY bot bot
COPY providers providers
COPY storage storage
# The bot may not write here, and its many children would compile everything anew.
RUN python -m compileall -q bot providers storage

USER zoetrope
ENV PYTHONUNBUFFERED=1 \
    DATABASE_URL=sqlite:////data/zoetrope.db
VOLUME /data

# SIGTERM lets the steps under way end; give them their time before a kill.
STOPSIGNAL SIGTERM
CMD ["python", "-m", "bot", "run"]
