// The network at work beside the page, so that the page never waits for it.

import { readProgram } from "./program.js";
import { Session } from "./session.js";

/** @type {Session | undefined} */
let session;

/** What the page may ask for, by name. @type {Record<string, (data: any) => unknown>} */
const TASKS = {
  load: ({ listed, numbers }) => {
    session = new Session(readProgram(listed, numbers));
    return true;
  },
  show: (question) => session?.show(question),
  compare: () => session?.compare(),
};

addEventListener("message", ({ data: { id, task, data } }) => {
  try {
    postMessage({ id, result: TASKS[task](data) });
  } catch (error) {
    postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
});
