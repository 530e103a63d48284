// Floats as decimal digits, rounded exactly and ties to even, as Python does. JavaScript's toFixed rounds ties up.
import { TemplateError } from "../errors.js";

/** More decimal places than this make no difference to a float. */
const MOST_PLACES = 1100;

/** `value * 10 ** places` as the nearest whole number, ties to even. */
function scaled(value: number, places: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const high = bits.getUint32(0);
  const biased = (high >>> 20) & 0x7ff;
  const fraction = (BigInt(high & 0xfffff) << 32n) | BigInt(bits.getUint32(4));
  let above = biased === 0 ? fraction : fraction | (1n << 52n);
  let below = 1n;
  const exponent = Math.max(biased, 1) - 1075;
  if (exponent >= 0) above <<= BigInt(exponent);
  else below <<= BigInt(-exponent);
  if (places >= 0) above *= 10n ** BigInt(places);
  else below *= 10n ** BigInt(-places);
  const whole = above / below;
  const twice = (above % below) * 2n;
  const up = twice > below || (twice === below && whole % 2n === 1n);
  return up ? whole + 1n : whole;
}

/** The digits of a finite number's size with so many decimal places. */
export function fixed(value: number, places: number): string {
  checkPlaces(places);
  const digits = scaled(Math.abs(value), places)
    .toString()
    .padStart(places + 1, "0");
  return places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** The digits of a finite number's size as d.ddd, and the power of ten they are to be multiplied by. */
export function scientific(value: number, places: number): { digits: string; exponent: number } {
  checkPlaces(places);
  const size = Math.abs(value);
  if (size === 0) return { digits: places > 0 ? `0.${"0".repeat(places)}` : "0", exponent: 0 };
  let exponent = Number(size.toExponential().split("e")[1]);
  let digits = scaled(size, places - exponent).toString();
  if (digits.length > places + 1) {
    exponent++;
    digits = digits.slice(0, -1);
  }
  return { digits: places > 0 ? `${digits[0]}.${digits.slice(1)}` : digits, exponent };
}

/** Python's `round(value, places)`. */
export function roundFloat(value: number, places: number): number {
  if (!Number.isFinite(value) || places > 323) return value;
  if (places < -308) return 0 * value;
  const size =
    places >= 0
      ? Number(fixed(value, places))
      : Number(scaled(Math.abs(value), places) * 10n ** BigInt(-places));
  return value < 0 || Object.is(value, -0) ? -size : size;
}

/** Python's `round(value, places)` of an int: only places left of the point change it. */
export function roundInt(value: bigint, places: number): bigint {
  if (places >= 0) return value;
  if (places < -MOST_PLACES) return 0n;
  const unit = 10n ** BigInt(-places);
  const rest = ((value % unit) + unit) % unit;
  const floor = value - rest;
  const up = rest * 2n > unit || (rest * 2n === unit && (floor / unit) % 2n !== 0n);
  return up ? floor + unit : floor;
}

function checkPlaces(places: number): void {
  if (places > MOST_PLACES) throw new TemplateError(`${places} decimal places are too many`);
}
