/** Strings that spaCy's English tokenizer (3.8) treats in their own way, each with the tokens it is split into. */
let table: Map<string, readonly string[]> | undefined;

/** The tokens of an exceptional string. */
export function exceptions(): ReadonlyMap<string, readonly string[]> {
  table ??= build();
  return table;
}

const list = (text: string) => text.trim().split(/\s+/);
const title = (word: string) => word[0]!.toUpperCase() + word.slice(1);

const WHOLE = list(`
  — ' \\") <space> '' C++ ä. ö. ü. \\t \\n
  :) :-) :)) :-)) :))) :-))) (: (-: =) (= :] :-] [: [-: [= =] :o) (o: :} :-} 8) 8-) (-8 ;) ;-) (; (-; :( :-( :(( :-(( :(((
  :-((( ): )-: =( >:( :') :'-) :'( :'-( :/ :-/ =/ =| :| :-| ]= =[ :1 :P :-P :p :-p :O :-O :o :-o :0 :-0 :() >:o :* :-* :3
  :-3 =3 :> :-> :X :-X :x :-x :D :-D ;D ;-D =D xD XD xDD XDD 8D 8-D ^_^ ^__^ ^___^ >.< >.> <.< ._. ;_; -_- -__- v.v V.V
  v_v V_V o_o o_O O_o O_O 0_o o_0 0_0 o.O O.o O.O o.o 0.0 o.0 0.o @_@ <3 <33 <333 </3 (^_^) (-_-) (._.) (>_<) (*_*) (¬_¬)
  ಠ_ಠ ಠ︵ಠ (ಠ_ಠ) ¯\\(ツ)/¯ (╯°□°）╯︵┻━┻ ><(((*>
  'S 's ‘S ‘s and/or w/o 're 'Cause 'cause 'cos 'Cos 'coz 'Coz 'cuz 'Cuz 'bout ma'am Ma'am o'clock O'clock
  em 'em ll 'll nuff 'nuff
  Mt. Ak. Ala. Apr. Ariz. Ark. Aug. Calif. Colo. Conn. Dec. Del. Feb. Fla. Ga. Ia. Id. Ill. Ind. Jan. Jul. Jun. Kan. Kans.
  Ky. La. Mar. Mass. Mich. Minn. Miss. N.C. N.D. N.H. N.J. N.M. N.Y. Neb. Nebr. Nev. Nov. Oct. Okla. Ore. Pa. S.C. Sep.
  Sept. Tenn. Va. Wash. Wis.
  'd a.m. Adm. Bros. co. Co. Corp. D.C. Dr. e.g. E.g. E.G. Gen. Gov. i.e. I.e. I.E. Inc. Jr. Ltd. Md. Messrs. Mo. Mont.
  Mr. Mrs. Ms. p.m. Ph.D. Prof. Rep. Rev. Sen. St. vs. v.s.`);

const SPLIT = list(`
  y'+all y+all how+'d+'y How+'d+'y not+'ve not+ve Not+'ve Not+ve can+not Can+not gon+na Gon+na got+ta Got+ta let+'s Let+'s
  c'm+on C'm+on`);

const NOT_SPLIT = list("Ill ill Its its Hell hell Shell shell Shed shed were Were Well well Whore whore");

function build(): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const add = (...tokens: string[]) => found.set(tokens.join(""), tokens);
  /** A contraction, also as it is written without its apostrophes. */
  const contract = (...tokens: string[]) => {
    add(...tokens);
    add(...tokens.map((token) => token.replace("'", "")));
  };
  const each = (words: string, contracted: (word: string) => void) => {
    for (const word of list(words)) [word, title(word)].forEach(contracted);
  };

  each("i", (word) => {
    contract(word, "'m");
    contract(word, "'m", "a");
  });
  each("i you he she it we they who what when where why how there that this these those", (word) => {
    contract(word, "'ll");
    contract(word, "'ll", "'ve");
    contract(word, "'d");
    contract(word, "'d", "'ve");
  });
  each("i you we they who what when where why how there these those", (word) => {
    contract(word, "'ve");
  });
  each("you we they who what when where why how there these those", (word) => contract(word, "'re"));
  each("he she it who what when where why how there that this", (word) => contract(word, "'s"));
  each("ca could do does did had may might must need ought sha should wo would", (word) => {
    contract(word, "n't");
    contract(word, "n't", "'ve");
  });
  each("could might must should would", (word) => contract(word, "'ve"));
  each("ai are is was were have has dare", (word) => contract(word, "n't"));
  each("doin goin nothin nuthin ol somethin lovin havin", (word) => {
    add(word);
    add(`${word}'`);
  });
  for (const period of ["a.m.", "am", "p.m.", "pm"]) {
    for (let hour = 1; hour <= 12; hour++) add(`${hour}`, period);
  }
  for (const unit of "cfkCFK") add("°", unit, ".");
  for (const letter of "abcdefghijklmnopqrstuvwxyz") add(`${letter}.`);
  for (const word of WHOLE) add(word);
  for (const tokens of SPLIT) add(...tokens.split("+"));
  for (const word of NOT_SPLIT) found.delete(word);
  for (const [word, tokens] of [...found]) {
    if (word.includes("'")) {
      found.set(
        word.replaceAll("'", "’"),
        tokens.map((token) => token.replaceAll("'", "’")),
      );
    }
  }
  for (const space of " \t\n\xa0") add(space);
  return found;
}
