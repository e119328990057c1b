FROM debian:12
RUN apt-get update && apt-get install --yes curl
EXPOSE 80
ENV LANG=C.UTF-8
CMD ["curl"]
