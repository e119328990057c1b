FROM alpine:3.22
# The program.
COPY app /app
# Certificates.
RUN apk add --no-cache ca-certificates
CMD ["/app"]
