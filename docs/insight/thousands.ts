const FORM = /* @__PURE__ */ new Intl.NumberFormat("en");

/** A count as it stands everywhere here, such as 50,257. An id is a name, and is written as it is. */
export const thousands = (count: number): string => FORM.format(count);

/** The extents of a tensor, such as 50,257 × 768. */
export const extents = (shape: readonly number[]): string => shape.map(thousands).join(" × ");
