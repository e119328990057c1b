FROM debian:12
RUN apt-get update && apt-get install --yes curl
ENV LANG=C.UTF-8
CMD ["curl"]
