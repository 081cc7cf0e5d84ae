# The service against a PostgreSQL of its own (DATABASE_URL): no build step, no dev dependencies, and neither the
# embedded PostgreSQL nor the Node of the lock file, which are optional dependencies.
FROM node:26-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional && npm cache clean --force
COPY LICENSE ./
COPY adapters ./adapters
COPY rules ./rules
COPY src ./src
USER node
CMD ["node", "src/main.ts", "serve"]
