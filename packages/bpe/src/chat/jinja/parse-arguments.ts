// What stands in the parentheses of a call.
import type { Arguments, Expression } from "./nodes.js";
import type { TokenStream } from "./token-stream.js";

export const NO_ARGUMENTS: Arguments = { args: [], named: [], spread: null, spreadNamed: null };

export function readArguments(stream: TokenStream, expression: () => Expression): Arguments {
  stream.expect("operator", "(");
  const found: Arguments = { args: [], named: [], spread: null, spreadNamed: null };
  const refuseIf = (odd: boolean) => {
    if (odd) stream.fail("invalid syntax for the arguments of a call");
  };
  readListed(stream, ")", () => {
    if (stream.skip("operator", "*")) {
      refuseIf(found.spread !== null || found.spreadNamed !== null);
      found.spread = expression();
    } else if (stream.skip("operator", "**")) {
      refuseIf(found.spreadNamed !== null);
      found.spreadNamed = expression();
    } else if (stream.is("name") && stream.following.kind === "operator" && stream.following.value === "=") {
      refuseIf(found.spreadNamed !== null);
      const name = stream.next().value;
      stream.next();
      refuseIf(found.named.some(([other]) => other === name));
      found.named.push([name, expression()]);
    } else {
      refuseIf(found.spread !== null || found.spreadNamed !== null || found.named.length > 0);
      found.args.push(expression());
    }
  });
  return found;
}

/** Items with commas between them, up to the sign that ends them, which is taken. */
export function readListed<T>(stream: TokenStream, end: string, read: () => T): T[] {
  const items: T[] = [];
  while (!stream.skip("operator", end)) {
    if (items.length > 0) {
      stream.expect("operator", ",");
      if (stream.skip("operator", end)) break;
    }
    items.push(read());
  }
  return items;
}
