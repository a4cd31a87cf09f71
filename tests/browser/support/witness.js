// Sees everything that goes wrong in a browser, and every host that is asked, so that each test ends by asking for it.

import assert from "node:assert/strict";

/** The page ends its own streams: a run that is over, a band that is stopped. */
const endedByThePage = (request) => /ERR_ABORTED/.test(request.failure()?.errorText ?? "") && /\/api\/(run|band|replay)\?/.test(request.url());

const LOOPBACK = /^(https?:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]|data:|blob:)/;

/** @param {import("playwright-core").BrowserContext} context */
export function newWitness(context) {
  const seen = [];
  const asked = [];
  context.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) seen.push(`console ${message.type()}: ${message.text()}`);
  });
  context.on("weberror", (error) => seen.push(`page error: ${error.error().stack ?? error.error()}`));
  context.on("request", (request) => asked.push(request.url()));
  context.on("requestfailed", (request) => {
    if (!endedByThePage(request)) seen.push(`failed request: ${request.failure()?.errorText} ${request.url()}`);
  });
  return {
    asked,
    seen,
    /**
     * Nothing went wrong but what was expected to, and what was expected did.
     * @param {RegExp[]} expected
     */
    verdict(expected) {
      assert.deepEqual(seen.filter((text) => !expected.some((pattern) => pattern.test(text))), [], "the browser complained");
      for (const pattern of expected) assert.ok(seen.some((text) => pattern.test(text)), `the browser was expected to complain: ${pattern}`);
      assert.deepEqual(asked.filter((url) => !LOOPBACK.test(url)), [], "something off this machine was asked");
      assert.ok(asked.length > 0, "nothing was asked at all");
    },
  };
}
