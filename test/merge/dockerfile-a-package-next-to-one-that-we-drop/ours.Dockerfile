FROM debian:12
RUN apt-get update \
 && apt-get install --yes --no-install-recommends \
      ca-certificates \
      curl \
      git \
      jq \
 && rm -rf /var/lib/apt/lists/*
