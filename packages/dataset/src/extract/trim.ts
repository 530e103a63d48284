import type { Block } from "./blocks.js";

/** What whole short blocks say when they are furniture, not text. */
const furniture = anyOf([
  /^(?:advert(?:isement|isements|ising)?|ad|sponsored(?: content)?|promoted|story continues below.*|article continues below.*|continue reading.*|loading\.*|comments?|\d+ comments?|share(?: this.*| on .*| article)?|tweet|email|print|save|pin it|facebook|twitter|whatsapp|linkedin|reddit|pinterest|google\+?|reply|view (?:all|comments|gallery).*|show (?:all|more|comments).*|read (?:more|all|next|full).*|more|menu|search|log ?in|sign ?(?:in|up)|subscribe(?: now)?|next|previous|back to top|top|close|skip to .*|tags?:?|tagged.*|topics?:?|filed under.*|posted (?:in|by|on).*|categor(?:y|ies):?.*|image \d+ of \d+|photo gallery|watch now|play video|video|photos?|click here.*|buy now|by)[\s.:!>»]*$/i,
  /^(?:see also|see more|read more|read also|also read|related(?: \w+)?|more|don't miss|watch|you may (?:also )?like|recommended|must read|next up|up next|editor'?s? (?:pick|note)|lire aussi|leia (?:também|mais)|lea también|siehe auch|mehr zum thema|читайте также)\s*[:：|»-].{0,200}$/i,
  /^(?:follow|like|join|find) (?:us|me|him|her|them)\b.{0,160}$/i,
  /^(?:please )?(?:follow|e-?mail|contact|reach) .{0,120}(?:@\w|on (?:twitter|facebook|instagram|linkedin)).{0,120}$/i,
  /^(?:sign up|subscribe|get) .{0,100}(?:newsletter|inbox|e-?mails?|alerts?|letterbox)\b.{0,120}$/i,
  /^(?:©|\(c\)|copyright\b).{0,200}$/i,
  /^.{0,80}\ball rights reserved\b.{0,120}$/i,
  /^(?:photo(?:graph)?|image|picture|source|credit|pic|foto|video)s?(?: credit| source| courtesy)?\s*[:：].{0,140}$/i,
  /^(?:last )?(?:updated|published|posted|modified|first published)(?: at| on)?\b[^.]{0,60}$/i,
  /^[^\p{L}\p{N}]*$/u,
  /^(?:anzeige|werbung|publicité|publicidad[e]?|pubblicità|advertentie|reklama?|реклама|teilen(?: mit)?|partager|compartir|compartilh[ae]r?|condividi|delen|udostępnij|поделиться|sdílet|dela|共有|antworten|répondre|responder|rispondi|beantwoorden|odpowiedz|ответить|odpovědět|svara|返信|gefällt mir|j'aime|me gusta|curtir|mi piace|vind ik leuk|lubię to|нравится|weiterlesen|mehr(?: lesen)?|lire la suite|leer más|leia mais|leggi tutto|lees (?:verder|meer)|czytaj (?:dalej|więcej)|читать далее|číst dál|läs mer|続きを読む|nach oben|drucken|imprimer|imprimir|stampa|(?:schlagwörter|étiquettes|etiquetas|marcadores|tags?|метки|タグ)\b.*|(?:veröffentlicht|publié|publicado|pubblicato|geplaatst|opublikowano|опубликовано|publikováno|publicerad)\b.{0,60})[\s.:!>»…]*$/iu,
]);

/** The patterns with those of the same flags joined to one: a text is then tried once. */
function anyOf(patterns: readonly RegExp[]): readonly RegExp[] {
  const flags = [...new Set(patterns.map((pattern) => pattern.flags))];
  const sources = (flag: string) =>
    patterns.filter((pattern) => pattern.flags === flag).map(({ source }) => source);
  return flags.map((flag) => new RegExp(sources(flag).join("|"), flag));
}

/** Headings after which a page speaks of other things, whatever stands there. */
const discussions =
  /^(?:(?:top rated |reader |user |\d+ )?comments?(?: \(\d+\))?|leave a (?:reply|comment|response)|join the (?:conversation|discussion)|what do you think\??|tell us what you think.*|sign up for .*|newsletter.*|about the authors?(?: ?[:(|–—-].*)?|(?:kommentare|commentaires|comentarios|comentários|commenti|reacties|komentarze|комментарии|komentáře|kommentarer|コメント)(?: \(\d+\))?|\d+ ?(?:kommentar|commentaire|comentario|comentário|comment[oi]|reactie|komentarz|комментари|komentář|件のコメント).{0,80}|(?:schreiben? sie einen|schreibe? einen|hinterlasse? einen|dein) kommentar.*|kommentar (?:schreiben|verfassen|hinterlassen|abgeben).*|(?:laisser|écrire|ajouter) un commentaire.*|deja (?:una respuesta|un comentario).*|deixe um comentário.*|lascia un commento.*|geef een reactie.*|dodaj komentarz.*|оставить комментарий.*|napsat komentář.*|lämna (?:ett svar|en kommentar).*|コメントを残す|(?:über (?:den|die)|zum|zur) autor(?:in|en)?(?: ?[:(|–—-].*)?|à propos de l.aut(?:eur|rice).*|sobre (?:el|la|o|a) autora?(?: ?[:(|–—-].*)?|sull.autore.*|over de auteur.*|об авторе|o autorovi|o autorze|om författaren)[\s.:…]*$/iu;

/** Characters of prose above the heading of what readers say about it. */
const DISCUSSED = 300;

/** Headings after which it may. */
const endings =
  /^(?:related(?: (?:articles?|stor(?:y|ies)|posts?|content|links?|news|topics?|reading))?|you (?:may|might) (?:also )?(?:like|enjoy|be interested in).*|more (?:from|on|in|stories|news|like this|about)\b.*|recommended(?: (?:for you|articles|stories|reading))?|read (?:more|next|also)|see also|also (?:read|on)\b.*|trending(?: now)?|most (?:read|popular|viewed|recent)\b.*|popular (?:posts|stories|articles)|latest (?:news|stories|posts|articles|videos)|share this.*|don't miss|sources?|references|external links|further reading|notes|footnotes|você pode gostar.*|leia também.*|veja também.*|artículos relacionados|weitere artikel.*|das könnte .* interessieren.*|à lire aussi|похожие (?:статьи|записи)|читайте также|ähnliche (?:beiträge|artikel|themen)|verwandte (?:beiträge|artikel|themen)|mehr (?:zum thema|artikel|aus|von)\b.*|das könnte (?:sie|dich|dir|ihnen)\b.*|auch interessant|articles (?:similaires|liés|connexes)|sur le même (?:sujet|thème)|entradas relacionadas|artigos relacionados|posts relacionados|articoli correlati|potrebbe(?:ro)? interessarti.*|gerelateerd.*|lees ook.*|podobne (?:wpisy|artykuły)|zobacz (?:też|także).*|čtěte také|podobné .*|läs också|relaterat.*|関連記事|meistgelesen|les plus lus|lo más leído|mais lidas|i più letti|meest gelezen|najczęściej czytane|самое читаемое|quellen?|einzelnachweise|weblinks|literatur)[\s.:…]*$/i;

/** Drops what is furniture among the blocks of the main content: link lists, prompts, the repeated title, the tail. */
export function trimBlocks(blocks: readonly Block[], title: string): Block[] {
  const kept = cutTail(dropLinkLists(blocks)).filter((block, index, all) => !isLoose(block, all[index + 1]));
  return trimEnds(kept, title);
}

function isLoose(block: Block, next: Block | undefined): boolean {
  const { text, linkLength, kind } = block;
  if (kind === "pre") return false;
  if (isFurniture(text)) return true;
  if (linkLength < 0.7 * text.length) return false;
  if (kind === "heading")
    return next === undefined || next.kind === "heading" || next.linkLength > 0.3 * next.text.length;
  return text.length < 250;
}

/** Runs of list items and rows that are mostly links. */
function dropLinkLists(blocks: readonly Block[]): Block[] {
  const kept: Block[] = [];
  for (let start = 0; start < blocks.length; ) {
    const { kind } = blocks[start]!;
    let end = start + 1;
    if (kind === "item" || kind === "row") while (blocks[end]?.kind === kind) end++;
    const run = blocks.slice(start, end);
    const length = lengthOf(run);
    const linkLength = run.reduce((sum, block) => sum + block.linkLength, 0);
    if (run.length < 2 || linkLength < 0.5 * length) for (const block of run) kept.push(block);
    start = end;
  }
  return kept;
}

function cutTail(blocks: readonly Block[]): readonly Block[] {
  const total = lengthOf(blocks);
  const end = findDiscussion(blocks);
  let before = 0;
  for (const [index, block] of blocks.slice(0, end).entries()) {
    if (before > 0.35 * total && isEnding(block) && !isProse(blocks, index + 1))
      return blocks.slice(0, index);
    before += block.text.length;
  }
  return blocks.slice(0, end);
}

/** Where what readers say begins: at its heading, once there was prose; behind the last block where there is none. */
export function findDiscussion(blocks: readonly Block[]): number {
  const total = lengthOf(blocks);
  let before = 0;
  let prose = 0;
  for (const [index, block] of blocks.entries()) {
    const { kind, text, linkLength } = block;
    const isLate = before > 0.35 * total || (kind === "heading" && prose > DISCUSSED);
    if (isLate && isEnding(block) && discussions.test(text)) return index;
    before += text.length;
    if (text.length > 80 && linkLength < 0.3 * text.length) prose += text.length;
  }
  return blocks.length;
}

export function lengthOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { text }) => sum + text.length, 0);
}

/** Whether what stands after a heading, up to the next, reads like text rather than like a list of links or teasers. */
function isProse(blocks: readonly Block[], start: number): boolean {
  let [length, linkLength, long] = [0, 0, 0];
  for (const { kind, text, linkLength: links } of blocks.slice(start, start + 12)) {
    if (kind === "heading" && length > 0) break;
    length += text.length;
    linkLength += links;
    if (text.length > 150) long += text.length;
  }
  return long > 0.6 * length && linkLength < 0.2 * length;
}

function trimEnds(blocks: Block[], title: string): Block[] {
  let start = 0;
  let end = blocks.length;
  const wanted = letters(title);
  for (let i = 0; i < Math.min(6, end); i++) {
    if (blocks[i]!.text.length > 4 * title.length + 20) continue;
    const text = letters(blocks[i]!.text);
    const isPart = text.length > 10 && (wanted.startsWith(text) || text.startsWith(wanted));
    const repeatsTitle = wanted !== "" && (wanted === text || isPart);
    if (repeatsTitle && text.length < 1.5 * wanted.length && !blocks.slice(start, i).some(isLead))
      start = i + 1;
  }
  while (end > start && blocks[end - 1]!.kind === "heading") end--;
  return end > start ? blocks.slice(start, end) : blocks;
}

/** Whether a block above the title may be a standfirst rather than a date, a section's name or a byline. */
function isLead({ text, linkLength }: Block): boolean {
  return text.length > 120 && linkLength < 0.3 * text.length;
}

export function letters(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
}

/** Whether a short text says what furniture says. */
export function isFurniture(text: string): boolean {
  return text.length < 300 && furniture.some((pattern) => pattern.test(text));
}

/** Whether a heading, or what looks like one, says that the page now speaks of other things. */
export function isEnding({ kind, text, strongLength }: Block): boolean {
  if (text.length >= 200) return false;
  return (
    (kind === "heading" || text.length < 40 || strongLength > 0.8 * text.length) &&
    (endings.test(text) || discussions.test(text))
  );
}
