import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";
import { chatTemplate, TemplateError } from "../src/template.js";

interface Golden {
  variables: Record<string, unknown>;
  /** A template, and what Python's Jinja renders; null where that is an error. */
  results: [source: string, text: string | null][];
  timeFormat: string;
  times: [
    time: [year: number, month: number, day: number, hour: number, minute: number, second: number],
    text: string,
  ][];
}

// By golden/jinja/expressions.py.
const golden = JSON.parse(
  readFileSync(new URL("./golden/jinja/expressions.json", import.meta.url), "utf8"),
) as Golden;
const messages = [{ role: "user", content: "x" }];
const render = (source: string, variables: Record<string, unknown> = {}) =>
  chatTemplate(source).render(messages, { variables });

test("Python's Jinja renders the same, or both refuse", () => {
  const wrong: unknown[] = [];
  for (const [source, text] of golden.results) {
    let ours: string | null = null;
    try {
      ours = render(source, golden.variables);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
    }
    if (ours !== text) wrong.push({ source, text, ours });
  }
  expect(wrong).toEqual([]);
});

describe("a template reaches nothing but its own values", () => {
  test.each([
    "{{ ''.constructor }}",
    "{{ messages.constructor }}",
    "{{ messages[0].__proto__ }}",
    "{{ messages[0]['__proto__'] }}",
    "{{ messages['constructor'] }}",
    "{{ messages[0].hasOwnProperty }}",
    "{{ toString }}{{ __proto__ }}{{ constructor }}{{ this }}{{ globalThis }}{{ process }}{{ require }}",
    "{{ ''.__class__ }}{{ [].__class__ }}{{ range.__globals__ }}",
    "{{ ''['__class__'] }}",
    "{{ '' | attr('__class__') }}",
    "{{ namespace(a=1).toString }}{{ namespace(a=1)['__proto__'] }}",
    "{{ (1).toFixed }}{{ true.valueOf }}",
    "{{ [1] | map(attribute='constructor') | join }}",
  ])("%s is nothing", (source) => {
    expect(render(source)).toBe("");
  });

  test.each([
    "{{ ''.constructor.constructor('return 1')() }}",
    "{{ messages.__proto__.x }}",
    "{{ ''.__class__.__mro__ }}",
    "{{ '{0.__class__.__mro__}'.format('') }}",
    "{{ messages.append(1) }}",
    "{{ messages[0].update({'role': 'system'}) }}",
    "{{ messages[0] | toString }}",
    "{{ 1 is constructor }}",
    "{{ [1] | map('constructor') | list }}",
    "{{ [1] | select('__proto__') | list }}",
    "{% set ns = namespace() %}{% set ns.__proto__ = 1 %}",
    "{% set messages.x = 1 %}",
  ])("%s is an error", (source) => {
    expect(() => render(source)).toThrow(TemplateError);
  });

  test("keys of JavaScript's objects are keys like others", () => {
    const odd = JSON.parse('{"__proto__": 1, "constructor": 2, "toString": 3}');
    expect(
      render("{{ odd['__proto__'] }}{{ odd.constructor }}{{ odd.toString }}{{ odd | length }}", { odd }),
    ).toBe("1233");
    expect(render("{{ {'__proto__': {'x': 1}}.x is defined }}")).toBe("False");
    expect(
      render("{% set ns = namespace(constructor=1) %}{{ ns.constructor }}{{ ns.toString is defined }}"),
    ).toBe("1False");
    expect(render("{% set __proto__ = 5 %}{% set toString = 6 %}{{ __proto__ }}{{ toString }}")).toBe("56");
  });

  test("what a caller passes is never changed", () => {
    const data = { list: [3, 1, 2], dict: { b: 1 } };
    const before = structuredClone(data);
    render(
      "{{ list | sort }}{{ list | reverse | list }}{{ dict | dictsort }}{% for x in list %}{{ x }}{% endfor %}",
      data,
    );
    expect(data).toEqual(before);
  });
});

describe("hostile templates end in an error", () => {
  test.each([
    ["a loop of loops", `${"{% for a in range(100000) %}".repeat(4)}x${"{% endfor %}".repeat(4)}`],
    [
      "doubling a text",
      "{% set ns = namespace(x='aaaaaaaaaaaaaaaa') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
    ],
    [
      "doubling a list",
      "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    ],
    ["a long text", "{{ 'a' * 10 ** 12 }}"],
    ["a long list", "{{ [0] * 10 ** 12 }}"],
    ["a long range", "{{ range(10 ** 12) | list }}"],
    ["a wide text", "{{ 'a'.center(10 ** 12) }}"],
    ["a wide number", "{{ '%999999999d' % 1 }}"],
    ["a wide field", "{{ '{:999999999}'.format(1) }}"],
    ["many places", "{{ '%.999999999f' % 1 }}"],
    ["an indentation", "{{ 'a' | indent(10 ** 12) }}"],
    ["a large int", "{{ 9 ** 999999 }}"],
    [
      "a larger int",
      "{% set ns = namespace(x=3) %}{% for i in range(60) %}{% set ns.x = ns.x * ns.x %}{% endfor %}",
    ],
    ["many batches", "{{ [1] | batch(10 ** 12, 'x') | list }}"],
    ["many slices", "{{ [1] | slice(10 ** 12, 'x') | list }}"],
    ["a macro that calls itself", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"],
    [
      "a caller that calls itself",
      "{% macro m() %}{{ caller() }}{% call m() %}{% endcall %}{% endmacro %}{% call m() %}{% endcall %}",
    ],
    ["a recursive loop", "{% for x in [[1]] recursive %}{{ loop([x]) }}{% endfor %}"],
    [
      "a list of lists",
      "{% set ns = namespace(x=[]) %}{% for i in range(20000) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}",
    ],
    ["brackets", `{{ ${"[".repeat(5000)}${"]".repeat(5000)} }}`],
    ["parentheses", `{{ ${"(".repeat(5000)}1${")".repeat(5000)} }}`],
    ["negations", `{{ ${"not ".repeat(50000)}x }}`],
    ["signs", `{{ ${"- ".repeat(50000)}1 }}`],
    ["conditions", `{{ ${"1 if x else ".repeat(50000)}1 }}`],
    ["tags", `${"{% if true %}".repeat(5000)}${"{% endif %}".repeat(5000)}`],
    ["a sum of many", `{{ 1${" + 1".repeat(50000)} }}`],
    ["filters of filters", `{{ 1${" | string".repeat(50000)} }}`],
    ["fields in fields", `{{ '${"{".repeat(2001)}'.format(1) }}`],
    [
      "generators of generators",
      "{% set ns = namespace(x=[1]) %}{% for i in range(20000) %}{% set ns.x = ns.x | map('string') %}{% endfor %}{{ ns.x | list }}",
    ],
    ["chains of calls", `{{ x${"()".repeat(50000)} }}`],
  ])("%s", (_, source) => {
    expect(() => render(source)).toThrow(TemplateError);
  });

  test.each([
    ["blanks", "{{ c.strip() | length }}{{ c.split() | length }}", `a${" ".repeat(300_000)}a`],
    [
      "opening braces",
      "{{ c | replace('{', '') | length }}{{ c.splitlines() | length }}",
      "{".repeat(300_000),
    ],
    ["tags that do not end", "{{ c | striptags | length }}", "<!--".repeat(100_000)],
    ["signs of per cent", "{{ c | length }}{{ (c ~ 'x') | title | length }}", "%(".repeat(100_000)],
    ["ends of lines", "{{ c.splitlines() | length }}{{ c | indent | length }}", "\r\n".repeat(100_000)],
    ["digits", "{{ c | int }}{{ c | float | string | length }}", `${"1_".repeat(100_000)}x`],
    ["words", "{{ c | wordcount }}{{ c | truncate(10) }}", "a ".repeat(100_000)],
    ["entities", "{{ c | striptags | length }}", "&#".repeat(100_000)],
  ])("contents of many %s take no time to speak of", (_, source, c) => {
    expect(render(source, { c })).not.toBe("");
  });

  test("templates of many signs are read in no time to speak of", () => {
    for (const part of [
      "{",
      "{#",
      "{% raw %}",
      "{{ '",
      " \n\t",
      "{{ 1_",
      "{%-",
      "\\",
      "{{ a.",
      "{{ '\\",
      "-%}",
      "{{ 1e",
      "#}",
    ]) {
      const source = part.repeat(50_000);
      try {
        expect(render(source).length).toBeLessThanOrEqual(source.length);
      } catch (error) {
        expect(error).toBeInstanceOf(TemplateError);
      }
    }
  });
});

describe("errors say what and where", () => {
  test.each([
    ["a\n{% if x %}\n{{ y", /cannot be read: line 3: '\{\{' is not closed/],
    ["\n\n{{ x | nope }}", /line 3: there is no filter named 'nope'/],
    ["\n{% nope %}", /line 2: unknown tag 'nope'/],
    ["{% if x %}", /'elif' or 'else' or 'endif' is missing/],
    ["\n\n{{ missing.x }}", /'missing' is undefined \(line 3\)/],
    ["{{ messages[0].nope.x }}", /'dict object' has no attribute 'nope'/],
    ["{{ [1].append(2) }}", /unsafe: templates cannot change values/],
    ["{{ raise_exception('no tools here') }}", /no tools here/],
    ["{% include 'x' %}", /'include' is not supported/],
    ["{{ 'a' | urlize }}", /the filter 'urlize' is not supported/],
    ["{{ 'a'.encode() }}", /the method 'encode' of strings is not supported/],
    ["{{ [1, 2] | random }}", /the filter 'random' is not supported/],
    ["{{ messages[0].items }}", /did you mean to call it/],
  ])("%j", (source, message) => {
    expect(() => render(source)).toThrow(TemplateError);
    expect(() => render(source)).toThrow(message);
  });
});

describe("strftime_now", () => {
  afterEach(() => {
    vi.useRealTimers();
  });
  test.each(golden.times)("%j", ([year, month, ...rest], text) => {
    vi.useFakeTimers({ toFake: ["Date"], now: new Date(year, month - 1, ...rest) });
    expect(render("{{ strftime_now(format) }}", { format: golden.timeFormat })).toBe(text);
  });
});
