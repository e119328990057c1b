FROM alpine:3.22
# The program.
COPY app /app
# Certificates of the public ones.
RUN apk add --no-cache ca-certificates tzdata
CMD ["/app"]
