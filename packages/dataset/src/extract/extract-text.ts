import { check, checkArgument } from "../check.js";
import { type ExtractedPage, type ExtractTextOptions, extractPage } from "./page.js";

/**
 * Main content of an HTML page, without navigation, advertising, comments and other boilerplate. Takes time linear in
 * the page, whatever the page, and never throws for bad HTML.
 *
 * @throws OptionsError for an option it does not have or cannot use, and for what is no text
 */
export function extractText(html: string, options: ExtractTextOptions = {}): ExtractedPage {
  checkArgument("html of extractText", html, "string");
  check("extractText", options, { favor: ["precision", "balanced"], url: "string" });
  return extractPage(html, options);
}
