FROM alpine:3.22
# Certificates.
RUN apk add --no-cache ca-certificates
# The program.
COPY app /app
CMD ["/app"]
