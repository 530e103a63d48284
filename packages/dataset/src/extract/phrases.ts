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

/** Headings after which it may. */
const endings =
  /^(?:related(?: (?:articles?|stor(?:y|ies)|posts?|content|links?|news|topics?|reading))?|you (?:may|might) (?:also )?(?:like|enjoy|be interested in).*|more (?:from|on|in|stories|news|like this|about)\b.*|recommended(?: (?:for you|articles|stories|reading))?|read (?:more|next|also)|see also|also (?:read|on)\b.*|trending(?: now)?|most (?:read|popular|viewed|recent)\b.*|popular (?:posts|stories|articles)|latest (?:news|stories|posts|articles|videos)|share this.*|don't miss|sources?|references|external links|further reading|notes|footnotes|você pode gostar.*|leia também.*|veja também.*|artículos relacionados|weitere artikel.*|das könnte .* interessieren.*|à lire aussi|похожие (?:статьи|записи)|читайте также|ähnliche (?:beiträge|artikel|themen)|verwandte (?:beiträge|artikel|themen)|mehr (?:zum thema|artikel|aus|von)\b.*|das könnte (?:sie|dich|dir|ihnen)\b.*|auch interessant|articles (?:similaires|liés|connexes)|sur le même (?:sujet|thème)|entradas relacionadas|artigos relacionados|posts relacionados|articoli correlati|potrebbe(?:ro)? interessarti.*|gerelateerd.*|lees ook.*|podobne (?:wpisy|artykuły)|zobacz (?:też|także).*|čtěte také|podobné .*|läs också|relaterat.*|関連記事|meistgelesen|les plus lus|lo más leído|mais lidas|i più letti|meest gelezen|najczęściej czytane|самое читаемое|quellen?|einzelnachweise|weblinks|literatur)[\s.:…]*$/i;

/** Whether a short text says what furniture says. */
export function isFurniture(text: string): boolean {
  return text.length < 300 && furniture.some((pattern) => pattern.test(text));
}

/** Whether a heading says that the page now speaks of other things. */
export function isEnding(heading: string): boolean {
  return endings.test(heading) || isDiscussion(heading);
}

/** Whether it says so, whatever stands below. */
export function isDiscussion(heading: string): boolean {
  return discussions.test(heading);
}
