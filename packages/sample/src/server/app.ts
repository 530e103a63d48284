import { type Context, Hono } from "hono";
import { cors } from "hono/cors";
import { readJson } from "./body.js";
import { chatCompletions } from "./chat.js";
import { completions } from "./completions.js";
import { ApiError } from "./errors.js";
import { checkHost, checkKey } from "./guard.js";
import { addPage, PAGE_PATHS } from "./page.js";
import { responses } from "./responses.js";
import type { Service } from "./service.js";
import { detokenize, tokenize, tokenizerInfo } from "./tokens.js";

/** What everyone may see: nothing of the model. */
const OPEN: ReadonlySet<string> = new Set(["/health", ...PAGE_PATHS.keys()]);

/**
 * The routes of a server.
 * @param isLocal whether only this machine is served
 */
export function appOf(service: Service, isLocal: boolean): Hono {
  const app = new Hono({ strict: false }); // a slash at the end is no other route
  app.use(async (context, next) => {
    await next();
    const { path } = context.req;
    service.metrics.count(routes.has(path) ? path : "other", context.res.status);
  });
  app.use(async ({ req }, next) => {
    if (isLocal) checkHost(req.url);
    await next();
  });
  const { origins } = service;
  if (origins.length > 0) {
    const exposeHeaders = ["retry-after"];
    app.use(cors({ origin: origins.includes("*") ? "*" : [...origins], exposeHeaders, maxAge: 600 }));
  }
  app.use(async ({ req }, next) => {
    if (!OPEN.has(req.path)) checkKey(req.raw.headers, service.apiKey);
    await next();
  });

  addPage(app);
  app.get("/health", ({ json }) => json({ status: "ok" }));
  app.get("/metrics", () => service.metrics.toResponse());
  const model = {
    id: service.name,
    object: "model",
    created: service.created,
    owned_by: "llm",
    max_model_len: service.model.blockSize,
  };
  app.get("/v1/models", ({ json }) => json({ object: "list", data: [model] }));
  app.get("/v1/models/:id{.+}", ({ req, json }) => {
    service.checkModel(req.param("id"));
    return json(model);
  });

  const bodyOf = ({ req }: Context) => readJson(req.raw, service.maxBodyBytes);
  app.post("/v1/chat/completions", async (context) =>
    chatCompletions(service, await bodyOf(context), context.req.raw.signal),
  );
  app.post("/v1/completions", async (context) =>
    completions(service, await bodyOf(context), context.req.raw.signal),
  );
  app.post("/v1/responses", async (context) =>
    responses(service, await bodyOf(context), context.req.raw.signal),
  );
  app.post("/tokenize", async (context) => context.json(tokenize(service, await bodyOf(context))));
  app.post("/detokenize", async (context) => context.json(detokenize(service, await bodyOf(context))));
  app.get("/tokenizer_info", ({ json }) => json(tokenizerInfo(service)));

  // Clients can think of any number of others.
  const routes = new Set(app.routes.map(({ path }) => path));
  app.notFound(({ req }) => {
    const message = `there is no ${req.method} ${req.path} here`;
    const methods = app.routes.filter(({ path, method }) => path === req.path && method !== "ALL");
    const allow = [...new Set(methods.map(({ method }) => method))].join(", ");
    if (allow === "") return new ApiError(404, message, { code: "not_found" }).toResponse();
    const headers = { allow };
    return new ApiError(405, `${message}: send ${allow}`, {
      code: "method_not_allowed",
      headers,
    }).toResponse();
  });
  app.onError((error) => service.apiError(error).toResponse());
  return app;
}
