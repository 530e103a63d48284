/** A number with three digits that matter. */
export const short = (value: number) => `${Number(value.toPrecision(3))}`;
