/** What a view shows now, by name: numbers that were computed, and words such as a token. Undefined: there is none. */
export type Facts = Readonly<Record<string, string | number | undefined>>;
