// Files of this site that scripts read. A page that was opened by double click may not fetch any:
// there the build has put the same bytes beside each, in a script (generator/site/from_disk.py).

/** Whether the page was opened by double click. */
const FROM_DISK = location.protocol === "file:";

/**
 * A file of this site, as fetch() gives it.
 * @param {string} address
 * @returns {Promise<Response>}
 */
export async function siteFile(address) {
  return FROM_DISK ? new Response(await carried(address)) : fetch(address);
}

/** @param {string} address @returns {Promise<Uint8Array<ArrayBuffer>>} */
function carried(address) {
  const script = document.createElement("script");
  return new Promise((resolve, reject) => {
    script.addEventListener("load", () => {
      const { carries } = /** @type {{carries?: string}} */ (/** @type {unknown} */ (script));
      script.remove();
      resolve(Uint8Array.from(atob(carries ?? ""), (letter) => letter.charCodeAt(0)));
    });
    script.addEventListener("error", () => {
      script.remove();
      reject(new Error(`${address}: is not there`));
    });
    script.src = `${address}.js`;
    document.head.append(script);
  });
}
