/** A count of up to 10^15 in three digits with a metric prefix, `12.3 MT`, as Python's humanize writes it. */
export function metric(count: number, unit: string): string {
  let exponent = `${count}`.length - 1;
  let text = threeDigits(count, exponent);
  // 999,999 is 1.00 M.
  if (+text >= 10 ** ((exponent % 3) + 1)) text = threeDigits(count, ++exponent);
  return `${text} ${["", "k", "M", "G", "T", "P"][Math.floor(exponent / 3)]}${unit}`;
}

function threeDigits(count: number, exponent: number): string {
  const value = count / 1000 ** Math.floor(exponent / 3);
  const digits = 2 - (exponent % 3);
  // Python rounds ties to the even digit. They are exact only where the binary fraction is.
  const isTie = (value * 2 ** (digits + 1)) % 2 === 1;
  const below = Math.floor(value * 10 ** digits);
  return isTie ? ((below + (below % 2)) / 10 ** digits).toFixed(digits) : value.toFixed(digits);
}
