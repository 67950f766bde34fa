# The exporter: Node.js, the built package and its production dependencies, and nothing else.
#   docker build -t mood-exporter .
# docker-compose.digests.yml sets NODE_IMAGE with its digest.
# Debian instead of Alpine: npm packages that plugins may need, such as model runtimes, often have only binaries for
# glibc.
ARG NODE_IMAGE
FROM ${NODE_IMAGE:-node:24.21.0-trixie-slim} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
# Without scripts: the only one is that of the dev dependency `node`, which would install Node.js a second time.
RUN npm ci --ignore-scripts
COPY . .
RUN node tools/build.mjs && npm prune --omit=dev --ignore-scripts

FROM ${NODE_IMAGE:-node:24.21.0-trixie-slim}
LABEL org.opencontainers.image.title="mood-exporter" \
      org.opencontainers.image.description="A Prometheus exporter for the sentiment of posts" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="docker.io/library/node:24.21.0-trixie-slim"
# By default glibc's malloc has up to 8 arenas per processor, each of which keeps memory that threads free.
ENV NODE_ENV=production MALLOC_ARENA_MAX=2
WORKDIR /usr/local/lib/mood-exporter
COPY --from=build /build/package.json /build/LICENSE /build/README.md ./
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/bin bin
COPY --from=build /build/dist dist
# For `mood-exporter export`.
COPY prometheus/rules prometheus/rules
COPY grafana/generated grafana/generated
COPY docker/health.mjs health.mjs
COPY docker/conf/mood.yml /etc/mood-exporter/mood.yml
RUN ln -s /usr/local/lib/mood-exporter/bin/mood-exporter.mjs /usr/local/bin/mood-exporter

# A volume gets the mode of this folder, so any user that the exporter runs as can create the state directory in it.
RUN install --directory --mode=1777 /var/lib/mood-exporter
VOLUME /var/lib/mood-exporter

# Paths in mood.yml, also those of plugins, are relative to this folder.
WORKDIR /etc/mood-exporter
USER node
EXPOSE 19747 19748
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "/usr/local/lib/mood-exporter/health.mjs"]
ENTRYPOINT ["mood-exporter"]
CMD ["run", "--config", "/etc/mood-exporter/mood.yml"]
