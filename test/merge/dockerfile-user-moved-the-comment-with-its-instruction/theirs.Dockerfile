FROM alpine:3.22
# Certificates of the public ones.
RUN apk add --no-cache ca-certificates tzdata
# The program.
COPY app /app
CMD ["/app"]
