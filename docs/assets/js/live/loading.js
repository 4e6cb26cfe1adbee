// Files of this site, fetched once and with their progress told.

import { siteFile } from "../site-file.js";

/**
 * The bytes of several files, in order. `told` hears the share that has come, 0 to 1, by `sizes`,
 * the bytes that each is expected to have.
 * @param {string[]} addresses
 * @param {number[]} sizes
 * @param {(share: number) => void} told
 * @returns {Promise<ArrayBuffer[]>}
 */
export async function fetchAll(addresses, sizes, told) {
  const whole = sizes.reduce((sum, one) => sum + one, 0);
  let come = 0;
  /** @param {number} bytes */
  const more = (bytes) => {
    come += bytes;
    told(Math.min(1, come / whole));
  };
  return Promise.all(addresses.map((address) => bytesOf(address, more)));
}

/** @param {string} address @param {(bytes: number) => void} more */
async function bytesOf(address, more) {
  const answer = await siteFile(address);
  if (!answer.ok || !answer.body) throw new Error(`${address}: ${answer.status}`);
  const reader = answer.body.getReader();
  /** @type {Uint8Array[]} */
  const parts = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    more(value.length);
  }
  const bytes = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes.buffer;
}
