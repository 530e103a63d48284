import { countField, type Field, type Fields } from "../fields.js";
import { openedRun } from "../run/opened-run.js";
import { lengthInLink } from "../state.js";
import { STOPS, type Stop } from "./stops.js";

/** From the page that the story begins with. */
const SITE_TEXT = "Sea otters hold hands while they";

/** The text that runs through all stages: as usual what the reader's run was asked to go on from, once one is open. */
const textField: Field<string> = {
  get initial() {
    return openedRun()?.log?.prompt ?? SITE_TEXT;
  },
  write: (text) => text,
  read: (text) => text,
};

export const fields = { stop: countField(0, 0, STOPS.length), text: textField };

/** The most characters of a text in a link; as much again is left for the view's own state. */
const MOST = 1000;

/** As much of a text as a link has room for. */
export function cutToLink(text: string): string {
  const characters = [...text].slice(0, MOST);
  while (lengthInLink(characters.join("")) > MOST) characters.pop();
  return characters.join("");
}

/** A view's fields, whose usual values are those of the stop: a link says only what the reader has changed. */
export function fieldsAt({ state }: Stop, text: string, fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const written = name in state ? state[name]!.replace("{text}", () => text) : undefined;
      const initial = written === undefined ? undefined : field.read(written);
      return [name, initial === undefined ? field : { ...field, initial }];
    }),
  );
}

/** The running text as the reader has it in the view of a stop; undefined where the view has none. */
export function textIn({ state }: Stop, values: Readonly<Record<string, unknown>>): string | undefined {
  const name = Object.keys(state).find((name) => state[name] === "{text}");
  return name === undefined ? undefined : String(values[name]);
}
