import { LIMIT } from "./state.js";

/** Leads a link to a view. A text that is too long for an address goes along beside it, where the link is followed here. */
export function leadTo(link: HTMLAnchorElement, view: string, written: Record<string, string>): void {
  const { text, ...others } = written;
  const hash = (of: Record<string, string>) => `#v1/${view}?${new URLSearchParams(of)}`.replace(/\?$/, "");
  const isLong = text !== undefined && hash(written).length > LIMIT;
  link.setAttribute("href", hash(isLong ? others : written));
  if (isLong) link.dataset["text"] = text;
  else delete link.dataset["text"];
}
