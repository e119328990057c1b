FROM debian:12
RUN apt-get update \
 && apt-get install --yes --no-install-recommends \
      ca-certificates \
      curl \
      jq \
      git \
      openssh-client \
 && rm -rf /var/lib/apt/lists/*
