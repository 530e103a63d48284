/** Parameters that say where a visitor came from. */
const TRACKING = /^(?:utm_\w+|fbclid|gclid|msclkid|mc_[ce]id)(?:=|$)/;

/**
 * A URL without what seldom changes the page: the scheme, the case of the host, a default port, the fragment, slashes at
 * the path's end, and parameters that only track visitors. What is no URL stays as it is.
 */
export function comparableUrl(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") return text;
  const parameters = url.search.slice(1).split("&");
  const rest = parameters.filter((parameter) => !TRACKING.test(parameter)).join("&");
  return url.host + url.pathname.replace(/\/+$/, "") + (rest && `?${rest}`);
}
