// The ways in which a picture comes to the page.

import { el } from "../element.js";
import { Camera } from "./camera.js";
import { drawing } from "./drawing.js";
import { openFile, pixelsOf, Refused } from "./opening.js";
import { say } from "../say.js";

/** @typedef {import("./resample.js").Picture} Picture */

/**
 * Buttons for a file, the camera, a drawing and the photographs at hand; drop and paste on top.
 * `given` hears each picture and what it is called, `said` a line where none came of it.
 */
export class Inputs {
  #over = new AbortController();

  /**
   * @param {HTMLElement} area where a file may be dropped
   * @param {{name: string, image: ImageBitmap}[]} photographs
   * @param {(picture: Picture, name: string) => void} given
   * @param {(line: string) => void} said
   * @param {() => boolean} ready whether the next frame of the camera may come
   */
  constructor(area, photographs, given, said, ready) {
    this.given = given;
    this.said = said;
    this.ready = ready;
    this.camera = new Camera();
    this.count = 0; // pictures asked for: one that comes late is not shown any more
    this.drawing = drawing((picture) => this.#show(picture, say("your drawing")));
    this.file = el("input", {
      type: "file",
      accept: "image/*",
      class: "live-file",
      onchange: () => this.#open(this.file.files?.[0]),
    });
    this.light = this.#button(say("Camera"), () => this.#camera());
    this.draw = this.#button(say("Draw"), () => this.#draw());
    this.light.setAttribute("aria-pressed", "false");
    this.draw.setAttribute("aria-expanded", "false");
    this.element = el(
      "div",
      { class: "live-inputs" },
      el("label", { class: "md-button" }, say("A picture of yours"), this.file),
      this.light,
      this.draw,
      el("p", { class: "quiet" }, say("You can also drop a picture here, or paste one.")),
      this.drawing,
      el(
        "ul",
        { class: "live-photographs", "aria-label": say("Photographs of this site") },
        photographs.map(({ name, image }) => this.#photograph(name, image)),
      ),
    );
    const { signal } = this.#over;
    area.addEventListener("dragover", (event) => event.preventDefault(), { signal });
    area.addEventListener("drop", (event) => this.#drop(event), { signal });
    document.addEventListener("paste", (event) => this.#paste(event), { signal });
    document.addEventListener("visibilitychange", () => document.hidden && this.rest(), { signal });
  }

  /** @param {string} text @param {() => void} onclick */
  #button(text, onclick) {
    return el("button", { type: "button", class: "md-button", onclick }, text);
  }

  /** @param {string} name @param {ImageBitmap} image */
  #photograph(name, image) {
    const canvas = el("canvas", { width: image.width, height: image.height, "aria-hidden": "true" });
    canvas.getContext("2d")?.drawImage(image, 0, 0);
    const show = () => {
      this.rest();
      this.#show(pixelsOf(image, image.width, image.height, name), name);
    };
    return el(
      "li",
      {},
      el("button", { type: "button", title: name, "aria-label": name, onclick: show }, canvas),
    );
  }

  /** @param {Picture} picture @param {string} name */
  #show(picture, name) {
    this.count += 1;
    this.said("");
    this.given(picture, name);
  }

  /** @param {(Blob & {name?: string}) | undefined | null} file */
  async #open(file) {
    if (!file) return;
    this.rest();
    const asked = (this.count += 1);
    this.file.value = "";
    try {
      const picture = await openFile(file);
      if (asked === this.count) this.#show(picture, file.name ?? say("your picture"));
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** @param {unknown} error */
  #refuse(error) {
    if (!(error instanceof Refused)) throw error;
    this.said(error.message);
  }

  /** @param {DragEvent} event */
  #drop(event) {
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file) this.#open(file);
    else this.said(say("What was dropped is no file. Save the picture first, or paste it."));
  }

  /** @param {ClipboardEvent} event */
  #paste(event) {
    if (/** @type {Element} */ (event.target).closest?.("input, textarea")) return;
    const items = [...(event.clipboardData?.items ?? [])];
    const file = items.find((one) => one.type.startsWith("image/"))?.getAsFile();
    if (file) this.#open(file);
    else this.said(say("What was pasted holds no picture."));
  }

  async #camera() {
    if (this.camera.on) {
      this.rest();
      return;
    }
    this.rest();
    this.light.setAttribute("aria-pressed", "true");
    this.light.textContent = say("Stop the camera");
    try {
      await this.camera.start((picture) => this.#show(picture, say("the camera")), this.ready);
    } catch (error) {
      this.rest();
      this.#refuse(error);
    }
  }

  #draw() {
    const open = this.drawing.hidden;
    this.rest();
    this.drawing.hidden = !open;
    this.draw.setAttribute("aria-expanded", String(open));
  }

  /** The camera off, the drawing folded up. */
  rest() {
    this.camera.stop();
    this.light.setAttribute("aria-pressed", "false");
    this.light.textContent = say("Camera");
    this.drawing.hidden = true;
    this.draw.setAttribute("aria-expanded", "false");
  }

  end() {
    this.rest();
    this.#over.abort();
  }
}
