/** What a norm or a softmax first takes of each row: one number for each row of another tensor. */
export type Statistic = "mean" | "rstd" | "max" | "sum";

/** The names of such tensors: `describe` names each behind the tensor that it is for. */
export const STATISTIC = /\.(mean|rstd|max|sum)$/;

/** undefined: it is none. */
export const statisticOf = (name: string) => STATISTIC.exec(name)?.[1] as Statistic | undefined;
