// The page's side of offline.js: what it has loaded is kept, and what it loads from now on.

const PATIENCE = 3000; // milliseconds; a page that can't be kept works as well

/**
 * Resolves once all that the page loads is kept for a time without a network, or can't be: some
 * browsers and private windows keep nothing. `build` is the key of the build; empty where the site
 * is one that opens from a disk, with nothing to keep.
 * @param {string} build
 */
export async function keep(build) {
  if (!build || !("serviceWorker" in navigator)) return;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  await Promise.race([registered(build).catch(() => undefined), late]);
}

/** @param {string} build */
async function registered(build) {
  const script = new URL("../../../offline.js", import.meta.url);
  script.searchParams.set("build", build);
  const { serviceWorker } = navigator;
  const { installing, waiting } = await serviceWorker.register(script);
  const fresh = installing ?? waiting;
  if (fresh) await new Promise((resolve) => active(fresh, resolve));
  const { active: worker } = await serviceWorker.ready;
  const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
  const here = location.href.replace(/[?#].*/, "");
  const { port1, port2 } = new MessageChannel();
  const kept = new Promise((resolve) => port1.addEventListener("message", resolve));
  port1.start();
  worker?.postMessage([...new Set([here, ...loaded])], [port2]);
  await kept;
}

/** @param {ServiceWorker} worker @param {(value?: unknown) => void} then */
function active(worker, then) {
  const look = () => {
    if (worker.state === "activated" || worker.state === "redundant") then();
  };
  worker.addEventListener("statechange", look);
  look();
}
