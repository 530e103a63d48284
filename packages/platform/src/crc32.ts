/** What a byte does to a CRC, and what it does when one, two or three bytes follow it, so that four go at a time. */
const crcTables = Array.from({ length: 4 }, () => new Uint32Array(256));
for (let n = 0; n < 256; n++) {
  let crc = n;
  for (let k = 0; k < 8; k++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  crcTables[0]![n] = crc;
}
for (let n = 0; n < 256; n++) {
  for (let t = 1; t < 4; t++) {
    const before = crcTables[t - 1]![n]!;
    crcTables[t]![n] = (before >>> 8) ^ crcTables[0]![before & 255]!;
  }
}

/** CRC-32 (ISO-HDLC, as in gzip, zip and PNG); `start` is that of the bytes that come first. */
export function crc32(bytes: Uint8Array, start = 0): number {
  const [t0, t1, t2, t3] = crcTables as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  let crc = ~start;
  let i = 0;
  for (; i + 4 <= bytes.length; i += 4) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    crc = t3[crc & 255]! ^ t2[(crc >>> 8) & 255]! ^ t1[(crc >>> 16) & 255]! ^ t0[crc >>> 24]!;
  }
  for (; i < bytes.length; i++) crc = t0[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
