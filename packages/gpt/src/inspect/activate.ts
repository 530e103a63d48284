import type { Activation } from "@llm/tensor";

/** An activation of one value, in double precision. */
export function activate(kind: Activation | "sigmoid", x: number): number {
  switch (kind) {
    case "gelu":
      // 0.5 (1 + tanh u) = sigmoid(2 u)
      return x * sigmoid(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3));
    case "gelu-erf":
      return (x * (1 + erf(x / Math.SQRT2))) / 2;
    case "relu2":
      return Math.max(x, 0) ** 2;
    case "silu":
      return x * sigmoid(x);
    case "sigmoid":
      return sigmoid(x);
  }
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** The error function by its series exp(-x^2) (2x / sqrt(pi)) sum of (2x^2)^n / (1 3 .. 2n + 1), all of whose terms are positive. */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x); // to the last bit
  let term = 1;
  let total = 1;
  for (let n = 1; term > 1e-17 * total; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return ((2 * x) / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}
