import { Prose, randomOf } from "./prose.js";
import { LANGUAGES, wordsOf } from "./words.js";

const people =
  "Anna Berg|Tom Weller|Marie Dubois|J. Novak|sonne77|Kai|Lucía Pérez|Olga|old_miller|Piet de Vries|M. Rossi|Hana|blogfan|Dr. Ute Klein|Sam".split(
    "|",
  );

/** Some texts of a page that must be found in what is extracted, and some that must not. */
export interface Segments {
  readonly wanted: string[];
  readonly unwanted: string[];
}

/** The body of a page as one maker of pages writes it, but for what stands around it. */
export type Template = (page: TrialPage) => string;

/** A page under way: it remembers what of it is main content. */
export class TrialPage {
  readonly language: string;
  readonly random: () => number;
  readonly title: string;
  readonly say: (key: string) => string;
  readonly truth: string[] = [];
  readonly unwanted: string[] = [];
  readonly #prose: Prose;

  constructor(data: string, seed: number) {
    this.random = randomOf(seed);
    const at = Math.floor(this.random() * (LANGUAGES.length + 8));
    // Half of the pages are German or English.
    this.language =
      LANGUAGES[at % LANGUAGES.length >= 2 && at >= LANGUAGES.length ? at % 2 : at % LANGUAGES.length]!;
    this.#prose = new Prose(data, this.language, this.random);
    this.say = wordsOf(this.language);
    this.title = this.words(4 + this.int(5));
  }

  int(below: number): number {
    return Math.floor(this.random() * below);
  }
  chance(share: number): boolean {
    return this.random() < share;
  }
  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)]!;
  }
  times(count: number, make: (i: number) => string): string {
    return Array.from({ length: count }, (_, i) => make(i)).join("\n");
  }
  words(count: number): string {
    return this.#prose.words(count);
  }
  prose(sentences = 2 + this.int(4)): string {
    return this.#prose.paragraph(sentences);
  }
  person(): string {
    return this.pick(people);
  }
  date(): string {
    const [d, m, y] = [1 + this.int(28), 1 + this.int(12), 2006 + this.int(18)];
    return this.language === "en" ? `${this.pick(["March", "May", "July"])} ${d}, ${y}` : `${d}.${m}.${y}`;
  }

  /** Notes main content and gives it back. */
  want(html: string): string {
    this.truth.push(
      html
        .replace(/<[^>]*>/g, "")
        .replace(/\s+/g, " ")
        .trim(),
    );
    return html;
  }
  /** Notes what is none and gives it back. */
  not(html: string): string {
    const text = html
      .replace(/<[^>]*>/g, "")
      .replace(/\s+/g, " ")
      .trim();
    if (text.length > 11) this.unwanted.push(text);
    return html;
  }

  /** Prose with links and stress here and there, wanted. */
  run(sentences?: number): string {
    const words = this.prose(sentences).split(" ");
    if (words.length > 12 && this.chance(0.4)) {
      const at = 3 + this.int(words.length - 8);
      const tag = this.pick(["a", "a", "strong", "em", "b", "i"]);
      words[at] = `<${tag}${tag === "a" ? ` href="https://example.org/${this.int(99)}"` : ""}>${words[at]}`;
      words[at + 2] += `</${tag}>`;
    }
    return this.want(words.join(" "));
  }
  ps(count: number, sentences?: number): string {
    return this.times(count, () => `<p>${this.run(sentences)}</p>`);
  }
  head(level: number, attributes = ""): string {
    return `<h${level}${attributes}>${this.want(this.words(3 + this.int(4)))}</h${level}>`;
  }
  list(count = 3 + this.int(4)): string {
    const tag = this.pick(["ul", "ul", "ol"]);
    return `<${tag}>${this.times(count, () => `<li>${this.want(this.chance(0.5) ? this.words(4) : this.prose(1))}</li>`)}</${tag}>`;
  }
  /** Prose with headings, lists, quotes and pictures as an editor writes it. */
  rich(parts = 4 + this.int(8)): string {
    return this.times(parts, (i) => {
      const r = this.random();
      if (i > 0 && r < 0.16) return this.head(2 + this.int(2)) + this.ps(1);
      if (i > 0 && r < 0.24) return this.list();
      if (r < 0.3) return `<blockquote><p>${this.run(1)}</p></blockquote>`;
      if (r < 0.38) return `<figure><img src="/i${i}.jpg" alt=""></figure>${this.ps(1)}`;
      return this.ps(1);
    });
  }

  link(text: string, attributes = ""): string {
    return `<a href="/${this.int(1000)}"${attributes}>${text}</a>`;
  }
  nav(attributes = 'class="menu"'): string {
    const items = ["home", "news", "about", "contact"].map(
      (key) => `<li>${this.link(this.not(this.say(key)))}</li>`,
    );
    const tag = this.pick(["nav", "div", "ul"]);
    return tag === "ul"
      ? `<ul ${attributes}>${items.join("")}</ul>`
      : `<${tag} ${attributes}><ul>${items.join("")}</ul></${tag}>`;
  }
  crumbs(): string {
    return `<div class="${this.pick(["breadcrumb", "path", "crumbs", "x"])}">${this.link(this.say("home"))} ${this.pick(["»", "/", "›"])} ${this.link(this.say("news"))} › ${this.title}</div>`;
  }
  footer(): string {
    const tag = this.pick(["footer", "div", "div"]);
    const blurb = this.chance(0.4) ? `<p>${this.not(this.prose(1))}</p>` : "";
    return `<${tag} ${this.pick(['id="footer"', 'class="site-footer"', 'class="bottom"'])}>${blurb}${this.link(this.not(this.say("imprint")))} | ${this.link(this.not(this.say("privacy")))} <p>© ${this.not(`2019 ${this.words(2)} GmbH`)}</p></${tag}>`;
  }
  cookies(): string {
    return `<div ${this.pick(['id="cookie-bar"', 'class="cc-window"', 'class="overlay"', ""])}><p>${this.not(this.say("cookies"))}. ${this.prose(1)}</p><button>${this.say("accept")}</button> ${this.link(this.say("privacy"))}</div>`;
  }
  share(): string {
    const items = ["Facebook", "Twitter", "WhatsApp", "E-Mail"].map((name) => this.link(name));
    return this.pick([
      `<div class="share"><h3>${this.not(`${this.say("share")}:`)}</h3><ul><li>${items.join("</li><li>")}</li></ul></div>`,
      `<div class="sd-social"><h3 class="sd-title">${this.not(`${this.say("share")}:`)}</h3><div class="sd-content">${items.join(" ")}</div></div><div class="jp-like"><h3>${this.say("likes")}</h3><span>${this.say("likes")}...</span></div>`,
      `<p>${items.join(" · ")}</p>`,
    ]);
  }
  tags(): string {
    return `<${this.pick(["p", "div"])} class="${this.pick(["tags", "postmetadata", "entry-footer", "meta"])}">${this.not(`${this.say("tags")}:`)} ${this.link(this.words(1))}, ${this.link(this.words(2))}, ${this.link(this.words(1))}</p>`;
  }
  prevNext(): string {
    return `<div class="${this.pick(["nav-links", "navigation", "post-nav", "nav-single"])}"><div>« ${this.link(this.not(this.words(5)))}</div><div>${this.link(this.not(this.words(5)))} »</div></div>`;
  }
  author(): string {
    const name = this.person();
    return `<div class="${this.pick(["author-info", "about-author", "vcard", "bio"])}"><img src="/a.jpg"><h4>${this.not(this.chance(0.5) ? this.say("author") : name)}</h4><p>${this.not(this.prose(1 + this.int(2)))}</p>${this.link(name)}</div>`;
  }
  newsletter(): string {
    return `<div class="${this.pick(["newsletter", "signup", "box", "subscribe"])}"><h3>${this.not(this.say("newsletter"))}</h3><p>${this.not(this.prose(1))}</p><form><input type="email"><button>${this.say("subscribe")}</button></form></div>`;
  }
  /** Links to other pages, with a picture, a date or an excerpt. */
  teasers(count = 3 + this.int(4)): string {
    const heading = `<${this.pick(["h2", "h3", "h4"])}>${this.not(this.say(this.pick(["related", "popular"])))}</h3>`;
    const kind = this.int(4);
    const items = this.times(count, () => {
      const words = this.words(6);
      const link = this.link(words);
      if (kind < 3) this.not(words);
      if (kind === 0) return `<li>${link}</li>`;
      if (kind === 1)
        return `<div class="item"><img src="/t.jpg"><h4>${link}</h4><p>${this.not(this.prose(1))}</p></div>`;
      if (kind === 2)
        return `<article><h3>${link}</h3><time>${this.date()}</time><p>${this.not(this.prose(1))} ${this.link(this.say("more"))}</p></article>`;
      return `<div>${this.link(`<img src="/t.jpg"><span>${this.not(this.words(6))}</span>`)}</div>`;
    });
    return `<div class="${this.pick(["related", "more", "similar", "jp-relatedposts", "recommend"])}">${heading}${kind === 0 ? `<ul>${items}</ul>` : items}</div>`;
  }
  sidebar(): string {
    const tag = this.pick(["aside", "div", "div"]);
    const box = (title: string, html: string) =>
      `<div class="${this.pick(["widget", "box", "block", "module"])}"><h3>${this.not(title)}</h3>${html}</div>`;
    const links = (count: number) =>
      `<ul>${this.times(count, () => `<li>${this.link(this.not(this.words(4)))}</li>`)}</ul>`;
    return `<${tag} id="${this.pick(["sidebar", "secondary", "right", "col2"])}">${box(this.say("search"), `<form><input><button>${this.say("search")}</button></form>`)}${box(this.say("popular"), links(5))}${this.chance(0.6) ? box(this.say("about"), `<p>${this.not(this.prose(2))}</p>`) : ""}${this.chance(0.5) ? box(this.say("comments"), `<ul>${this.times(4, () => `<li>${this.person()} ${this.link(this.words(5))}: ${this.not(this.words(7))}</li>`)}</ul>`) : ""}${box(this.say("archive"), links(8))}</${tag}>`;
  }
  form(): string {
    return `<div id="respond"><h3>${this.not(this.say("leave"))}</h3><form><label>${this.say("name")}</label><input><label>${this.say("email")}</label><input><textarea></textarea><button>${this.say("send")}</button></form></div>`;
  }
  /** What readers wrote, as several makers set it. */
  comments(count = this.chance(0.2) ? 8 + this.int(12) : this.int(6)): string {
    if (count === 0) return this.form();
    const kind = this.int(6);
    const text = () => this.not(this.prose(1 + this.int(4)));
    const reply = () => this.link(this.say("reply"));
    const all = this.times(count, (i) => {
      const who = this.person();
      const when = `${this.date()} ${10 + this.int(12)}:${10 + this.int(49)}`;
      if (kind === 0)
        return `<li class="comment" id="comment-${i}"><div class="comment-body"><div class="comment-author vcard"><cite class="fn">${who}</cite> <span class="says">${this.say("says")}:</span></div><div class="comment-meta">${this.link(when)}</div><p>${text()}</p><div class="reply">${reply()}</div></div></li>`;
      if (kind === 1)
        return `<dt id="c${i}"><a name="c${i}"></a>${who} ${this.say("says")}...</dt><dd><p>${text()}</p></dd><dd><span>${this.link(when)}</span></dd>`;
      if (kind === 2)
        return `<div class="serendipity_comment"><div><a id="c${i}"></a>#${i + 1} - ${who} ${this.say("says")}: </div><div>${text()}</div><div>${when} (${reply()})</div></div>`;
      if (kind === 3)
        return `<article><footer><b>${who}</b> <time>${when}</time></footer><div><p>${text()}</p></div></article>`;
      if (kind === 4)
        return `<li><cite>${this.link(who)}</cite> ${this.say("says")}:<br><small>${this.link(when)}</small><p>${text()}</p></li>`;
      return `<div class="u-${i}"><div><img src="/av.png">${who}</div><div>${when}</div><div>${text()}</div><div>${reply()} ${this.int(30)} ${this.say("likes")}</div></div>`;
    });
    const heading = `<h3>${this.not(this.pick([`${count} ${this.say("comments")}`, `${this.say("comments")} (${count})`, `${this.say("comments")}:`]))}</h3>`;
    const wrapped =
      kind === 0 || kind === 4
        ? `<ol class="${kind ? "" : "comment-list"}">${all}</ol>`
        : kind === 1
          ? `<dl>${all}</dl>`
          : all;
    return `<div ${this.pick(['id="comments"', 'class="comments-area"', "", 'class="feedback"'])}>${heading}${wrapped}${this.form()}</div>`;
  }
}

/** Some of the noted texts, as an evaluator would note them: a stretch of each. */
export function segmentsOf(page: TrialPage): Segments {
  const some = (texts: readonly string[], count: number) =>
    Array.from({ length: Math.min(count, texts.length) }, () => page.pick(texts)).map((text) => {
      const start = text.includes(" ") ? text.indexOf(" ", page.int(Math.max(1, text.length - 50))) + 1 : 0;
      return text.slice(start, start + 45).trim();
    });
  return { wanted: some(page.truth, 5), unwanted: some(page.unwanted, 5) };
}
