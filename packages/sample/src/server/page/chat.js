import { closeAlternatives, isInMenu, openAlternatives } from "./alternatives.js";
import { Answer } from "./answer.js";
import { chat, key, modelName, StatusError } from "./api.js";

const at = (id) => document.querySelector(`#${id}`);
const [list, form, input, send, stop] = ["messages", "form", "input", "send", "stop"].map(at);

/** How many alternatives are shown. */
const ALTERNATIVES = 6;

/** What was said: { role, text } of the user, { role, answer } of the model. */
let turns = [];
let writing;

/** Shows all turns anew. Who had the focus on what is gone has it in the field, but for touch, which would open a keyboard. */
function show() {
  closeAlternatives();
  const { activeElement } = document;
  list.replaceChildren(...turns.map((turn, i) => articleOf(turn, i)));
  send.hidden = writing !== undefined;
  stop.hidden = writing === undefined;
  const isGone = activeElement?.hidden || !document.contains(activeElement);
  if (isGone && matchMedia("(hover: hover)").matches) input.focus();
}

function articleOf({ role, text, answer }, i) {
  const article = document.createElement("article");
  article.className = role;
  const actions = document.createElement("div");
  actions.className = "actions";
  const action = (name, run) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name;
    button.addEventListener("click", run);
    actions.append(button);
  };
  if (role === "user") {
    const words = document.createElement("div");
    words.className = "text";
    words.textContent = text;
    article.append(words, actions);
    action("Edit", () => edit(i));
    return article;
  }
  article.append(answer.element);
  if (answer.error) {
    const fault = document.createElement("p");
    fault.className = "error";
    fault.setAttribute("role", "alert");
    fault.textContent = answer.error;
    article.append(fault);
  }
  listen(answer, i);
  if (answer !== writing?.answer) {
    article.append(actions);
    action("Copy", () => navigator.clipboard.writeText(answer.content));
    action("Again", () => goOn(i, new Answer()));
  }
  return article;
}

/** Takes a message back into the field; what came after it goes when it is sent. */
function edit(i) {
  writing?.abort.abort();
  input.value = turns[i].text;
  turns = turns.slice(0, i);
  show();
  input.focus();
}

/** Writes an answer on, in place of turn `i`. */
async function goOn(i, answer) {
  writing?.abort.abort();
  const abort = new AbortController();
  const own = { answer, abort };
  writing = own;
  turns = [...turns.slice(0, i), { role: "assistant", answer }];
  show();
  const messages = turns.slice(0, i).map((turn) => ({
    role: turn.role,
    content: turn.role === "user" ? turn.text : turn.answer.content,
  }));
  const seed = at("seed").value;
  const body = {
    messages,
    temperature: Number(at("temperature").value),
    logprobs: true,
    top_logprobs: ALTERNATIVES,
    ...(seed !== "" && { seed: Number(seed) }),
    ...(answer.tokens.length > 0 && { answer_ids: answer.tokens.map(({ id }) => id) }),
  };
  let isAtEnd = true;
  try {
    for await (const chunk of chat(body, abort.signal)) {
      isAtEnd = innerHeight + scrollY > document.body.scrollHeight - 50;
      answer.take(chunk);
      if (isAtEnd) scrollTo(0, document.body.scrollHeight);
    }
  } catch (error) {
    if (!abort.signal.aborted) answer.error = error.message;
    if (error instanceof StatusError && error.status === 401) at("key-label").hidden = false;
  }
  if (writing !== own) return;
  writing = undefined;
  show();
  if (isAtEnd) scrollTo(0, document.body.scrollHeight);
}

/** Makes the tokens of an answer open their alternatives: by mouse, by touch, and by keyboard. */
function listen(answer, i) {
  const { element } = answer;
  let focused = -1;
  const open = (span, hasFocus) => {
    const place = Number(span.dataset.at);
    const token = answer.tokens[place];
    if (!token?.top_logprobs) return;
    openAlternatives(span, token, (other) => goOn(i, answer.upTo(place, other)), hasFocus);
  };
  element.onpointerover = ({ target, pointerType }) => {
    if (pointerType === "mouse" && target.dataset.at) open(target, false);
  };
  element.onclick = ({ target }) => target.dataset.at && open(target, false);
  element.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const spans = [...element.children];
    if (step) {
      focused = Math.max(0, Math.min(spans.length - 1, focused + step));
      if (spans[focused]) open(spans[focused], false);
    } else if (event.key === "Enter" || event.key === "ArrowDown") {
      if (spans[focused]) open(spans[focused], true);
    } else if (event.key === "Escape") closeAlternatives();
    else return;
    event.preventDefault();
  };
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = input.value.trim();
  if (text === "" || writing) return;
  input.value = "";
  turns.push({ role: "user", text });
  goOn(turns.length, new Answer());
});
input.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});
stop.addEventListener("click", () => writing?.abort.abort());
document.addEventListener("keydown", ({ key, defaultPrevented }) => {
  if (key !== "Escape" || defaultPrevented) return;
  if (!closeAlternatives()) writing?.abort.abort();
});
document.addEventListener("pointerdown", ({ target }) => {
  if (!isInMenu(target)) closeAlternatives();
});
at("clear").addEventListener("click", () => {
  writing?.abort.abort();
  turns = [];
  show();
  input.focus();
});
at("key").addEventListener("change", ({ target }) => {
  key.set(target.value);
  greet();
});

async function greet() {
  try {
    at("model").textContent = await modelName();
    document.title = at("model").textContent;
  } catch (error) {
    if (error.status === 401) at("key-label").hidden = false;
  }
}

input.focus();
greet();
