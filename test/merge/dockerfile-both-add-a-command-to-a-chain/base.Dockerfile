FROM debian:12
RUN apt-get update && apt-get install --yes curl
CMD ["curl"]
