// An answer as its tokens, each with what else the model thought of.

/** Tokens less probable than this are underlined. */
const UNSURE = Math.log(0.5);

export class Answer {
  /** All of its text that can be shown. */
  content = "";
  /** Its tokens: { id, bytes, logprob, top_logprobs }. Those at the end may be part of a stop string. */
  tokens = [];
  error = "";
  /** Where it is shown. */
  element = document.createElement("div");
  #drawn = 0;
  #length = 0;
  #decoder = new TextDecoder();

  constructor() {
    this.element.className = "text";
    this.element.tabIndex = 0;
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", "Answer: arrow keys move from word to word");
  }

  /** Takes a chunk in, and shows it. */
  take({ choices: [choice] }) {
    if (!choice) return;
    this.content += choice.delta.content ?? "";
    this.tokens.push(...(choice.logprobs?.content ?? []));
    this.draw();
  }

  /** Shows tokens as far as the text is known. */
  draw() {
    while (this.#drawn < this.tokens.length && this.#length < this.content.length) {
      const token = this.tokens[this.#drawn];
      const text = this.#decoder.decode(Uint8Array.from(token.bytes), { stream: true });
      const shown = text.slice(0, this.content.length - this.#length);
      const span = document.createElement("span");
      span.className = token.logprob < UNSURE ? "token unsure" : "token";
      span.dataset.at = this.#drawn;
      span.textContent = shown;
      this.element.append(span);
      this.#length += text.length;
      this.#drawn++;
    }
  }

  /** The beginning of this answer, up to a token, and then another one. */
  upTo(at, other) {
    const answer = new Answer();
    answer.tokens = [...this.tokens.slice(0, at), other];
    const bytes = answer.tokens.flatMap((token) => token.bytes);
    answer.content = new TextDecoder().decode(Uint8Array.from(bytes), { stream: true });
    answer.draw();
    return answer;
  }
}
