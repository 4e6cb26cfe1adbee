// The network at work beside the page, so that the page never waits for it.

import { readProgram } from "./program.js";
import { Session } from "./session.js";
import { WebGPU } from "./webgpu.js";

/** @type {Session | undefined} */
let session;
/** Ends with the latest task: they wait for each other. @type {Promise<unknown>} */
let line = Promise.resolve();
let tried = false;

/** What the page may ask for, by name. @type {Record<string, (data: any) => unknown>} */
const TASKS = {
  load: ({ listed, numbers }) => {
    session = new Session(readProgram(listed, numbers));
    return true;
  },
  show: (question) => session?.show(question),
  compare: () => session?.compare(),
};

/** @param {{id: number, task: string, data: unknown}} asked */
async function answer({ id, task, data }) {
  try {
    postMessage({ id, result: await TASKS[task](data) });
  } catch (error) {
    postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
  if (task === "show" && session && !tried) {
    tried = true;
    const { engine } = session;
    WebGPU.open(session.network, navigator.gpu).then((webgpu) => {
      if (webgpu) line = line.then(() => engine.choose(webgpu));
    });
  }
}

addEventListener("message", ({ data }) => {
  line = line.then(() => answer(data));
});
