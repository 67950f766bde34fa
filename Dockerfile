# The exporter: Node.js, the built package and its production dependencies, and no more.
#   docker build -t mood-exporter .
# docker-compose.digests.yml gives NODE_IMAGE by its digest.
# Debian rather than Alpine: npm packages that a plugin may bring (models above all) ship binaries for glibc first.
ARG NODE_IMAGE
FROM ${NODE_IMAGE:-node:24.21.0-trixie-slim} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# Scripts stay off: the only one is that of the dev dependency `node`, which brings a Node.js that is here already.
RUN npm ci --ignore-scripts
COPY . .
RUN node tools/build.mjs && npm prune --omit=dev --ignore-scripts

FROM ${NODE_IMAGE:-node:24.21.0-trixie-slim}
LABEL org.opencontainers.image.title="mood-exporter" \
      org.opencontainers.image.description="A Prometheus exporter for the sentiment of posts" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="docker.io/library/node:24.21.0-trixie-slim"
# By default glibc's malloc keeps what threads free in up to 16 arenas.
ENV NODE_ENV=production MALLOC_ARENA_MAX=2
WORKDIR /usr/local/lib/mood-exporter
COPY --from=build /build/package.json /build/LICENSE /build/README.md ./
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/bin bin
COPY --from=build /build/dist dist
# What `mood-exporter export` writes.
COPY prometheus/rules prometheus/rules
COPY grafana/generated grafana/generated
COPY docker/health.mjs health.mjs
COPY docker/conf/mood.yml /etc/mood-exporter/mood.yml
RUN ln -s /usr/local/lib/mood-exporter/bin/mood-exporter.mjs /usr/local/bin/mood-exporter

# A volume gets this folder's mode: whichever user the exporter runs as can make the state directory in it.
RUN install --directory --mode=1777 /var/lib/mood-exporter
VOLUME /var/lib/mood-exporter

# Files that mood.yml names lie beside it, plugins too.
WORKDIR /etc/mood-exporter
USER node
EXPOSE 19747 19748
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "/usr/local/lib/mood-exporter/health.mjs"]
ENTRYPOINT ["mood-exporter"]
CMD ["run", "--config", "/etc/mood-exporter/mood.yml"]
