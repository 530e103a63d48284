const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
const precise = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

export function count(number: number): string {
  return whole.format(number);
}

/** `12.3 K`, for where there is little room. */
export function compact(number: number): string {
  return short.format(number);
}

/** A measured value: whole numbers as they are, others to three digits. */
export function measured(value: number | string): string {
  if (typeof value === "string") return value;
  return Number.isInteger(value) ? count(value) : precise.format(value);
}

export function limit({
  bound,
  value,
}: {
  bound?: "min" | "max" | undefined;
  value: number | string;
}): string {
  return bound ? `${bound} ${measured(value)}` : measured(value);
}

/** `part` of `all` in per cent; a few out of many are not 0 %, and not all are not 100 %. */
export function share(part: number, all: number): string {
  if (all === 0) return "–";
  const percent = (100 * part) / all;
  if (percent > 0 && percent < 0.1) return "<0.1%";
  if (percent < 100 && percent > 99.9) return ">99.9%";
  return `${percent.toFixed(percent === 0 || percent === 100 ? 0 : 1)}%`;
}

export function bytes(size: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let unit = 0;
  for (; size >= 1000 && unit < units.length - 1; unit++) size /= 1000;
  return `${precise.format(size)} ${units[unit]}`;
}

export function duration(microseconds: number): string {
  const seconds = microseconds / 1e6;
  if (seconds < 1) return `${precise.format(microseconds / 1e3)} ms`;
  if (seconds < 120) return `${seconds.toFixed(1)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
