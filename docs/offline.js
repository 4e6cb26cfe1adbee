// Keeps the files of the page Your picture, so that it opens without a network the next time.
//
// A service worker, which that page alone registers (assets/js/live/keeping.js). What the network
// gives is always newer, so it is asked first, and what was kept answers only where it fails. It
// lies at the root of the site, or of one of its versions, and touches nothing beyond that; what an
// older build kept is removed once a newer one has come.

const { scope } = registration;
const MINE = `visualizing-cnns ${scope} `; // other versions on this host keep their own
const KEPT = MINE + new URL(location.href).searchParams.get("build");
const PAGES = [`${scope}your-picture/`, `${scope}your-picture.html`];
const keeping = new Set(); // pages that have asked for it, by their numbers

addEventListener("install", () => skipWaiting());

addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const names = await caches.keys();
      const older = names.filter((name) => name.startsWith(MINE) && name !== KEPT);
      await Promise.all([...older.map((name) => caches.delete(name)), clients.claim()]);
    })(),
  );
});

addEventListener("message", (event) => {
  keeping.add(event.source.id);
  event.waitUntil(
    (async () => {
      const kept = await caches.open(KEPT);
      const files = event.data.filter((file) => file.startsWith(scope));
      // The browser has just loaded them, so most come from its own memory.
      const requests = files.map((file) => new Request(file, { cache: "force-cache" }));
      await Promise.allSettled(requests.map((request) => kept.add(request)));
      event.ports[0].postMessage("kept");
    })(),
  );
});

addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method === "GET" && url.startsWith(scope)) event.respondWith(answer(event));
});

async function answer({ request, clientId }) {
  try {
    const found = await fetch(request);
    if (found.ok && (await isOfThePage(request, clientId))) {
      const kept = await caches.open(KEPT);
      await kept.put(request, found.clone());
    }
    return found;
  } catch (error) {
    const kept = await caches.open(KEPT);
    const found = await kept.match(request, { ignoreVary: true });
    if (found) return found;
    throw error;
  }
}

/** Whether the page, or the worker in which its network runs, asks for this. */
async function isOfThePage(request, clientId) {
  if (request.mode === "navigate") return PAGES.includes(request.url);
  if (request.destination === "worker" || keeping.has(clientId)) return true;
  const client = await clients.get(clientId);
  return client !== undefined && (client.type === "worker" || PAGES.includes(client.url));
}
