# syntax=docker/dockerfile:1

FROM node:22.1-bookworm-slim@sha256:1111111111111111111111111111111111111111111111111111111111111111 AS base
WORKDIR /app

FROM base AS build
RUN --mount=type=cache,target=/root/.npm \
    npm ci
COPY tsconfig.json ./
COPY src ./src
RUN npm run build

# Production dependencies only.
FROM base AS deps
RUN npm ci --omit=dev --ignore-scripts

FROM base AS runtime
ENV NODE_ENV=production \
    PORT=3000
COPY --from=deps /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER 65532:65532
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --retries=3 \
  CMD ["node", "healthcheck.js"]
LABEL org.opencontainers.image.title=orders \
      org.opencontainers.image.licenses=MIT
CMD ["node", "dist/server.js"]
