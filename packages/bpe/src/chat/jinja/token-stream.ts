import { TemplateError } from "../errors.js";
import type { Token, TokenKind } from "./lexer.js";

/** The tokens that are still to be read. */
export class TokenStream {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get current(): Token {
    return this.#tokens[this.#at]!;
  }

  get following(): Token {
    return this.#tokens[Math.min(this.#at + 1, this.#tokens.length - 1)]!;
  }

  next(): Token {
    const token = this.current;
    if (token.kind !== "end") this.#at++;
    return token;
  }

  is(kind: TokenKind, ...values: string[]): boolean {
    return this.current.kind === kind && (values.length === 0 || values.includes(this.current.value));
  }

  /** Whether it was there. */
  skip(kind: TokenKind, value: string): boolean {
    if (!this.is(kind, value)) return false;
    this.next();
    return true;
  }

  expect(kind: TokenKind, value?: string): Token {
    if (!this.is(kind, ...(value === undefined ? [] : [value])))
      this.fail(`expected ${value ?? kind}, got ${this.shown()}`);
    return this.next();
  }

  shown(): string {
    const { kind, value } = this.current;
    return kind === "end" ? "the end of the template" : value === "" ? kind : `'${value.slice(0, 30)}'`;
  }

  fail(message: string): never {
    throw new TemplateError(`line ${this.current.line}: ${message}`);
  }

  /** Reads one level deeper. @throws TemplateError where a template nests too deep for a stack. */
  deeper<T>(read: () => T): T {
    if (this.#depth > 100) this.fail("the template nests too deep");
    this.#depth++;
    const value = read();
    this.#depth--;
    return value;
  }
}
