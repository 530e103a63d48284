import type { Kernels } from "../../engine.js";
import { kernelsOf } from "../../kernels.js";
import * as activation from "./activation.js";
import * as attention from "./attention.js";
import * as cast from "./cast.js";
import * as crossEntropy from "./cross-entropy.js";
import * as elementwise from "./elementwise.js";
import * as embedding from "./embedding.js";
import * as gemm from "./gemm.js";
import * as grouped from "./grouped.js";
import * as linearCrossEntropy from "./linear-cross-entropy.js";
import * as norm from "./norm.js";
import * as optimizer from "./optimizer.js";
import * as quantize from "./quantize.js";
import * as reduce from "./reduce.js";
import * as rope from "./rope.js";
import * as softmax from "./softmax.js";

/** Every kernel in plain TypeScript. */
export const kernels: Kernels = /* @__PURE__ */ kernelsOf({
  ...activation,
  ...attention,
  ...crossEntropy,
  ...cast,
  ...elementwise,
  ...embedding,
  ...gemm,
  ...grouped,
  ...linearCrossEntropy,
  ...norm,
  ...optimizer,
  ...quantize,
  ...reduce,
  ...rope,
  ...softmax,
});
