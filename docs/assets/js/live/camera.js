// The camera: only when the reader asks, and off as soon as it is not wanted any more.

import { pixelsOf, Refused } from "./opening.js";
import { say } from "../say.js";

/** @typedef {import("./resample.js").Picture} Picture */

const FASTEST = 100; // milliseconds between two frames: ten a second are enough to play with

/** What to say for each way in which a browser refuses. @type {Record<string, string>} */
const REASONS = {
  NotAllowedError: say("The camera was refused. Allow it for this page in the browser, or choose a file."),
  NotFoundError: say("No camera was found. Choose a file in its place."),
  NotReadableError: say("The camera is in use by another program."),
};

export class Camera {
  #video = document.createElement("video");
  /** @type {MediaStream | null} */
  #stream = null;
  #timer = 0;
  #asked = 0; // how often it was started or stopped: an answer that comes late is for nobody

  get on() {
    return this.#stream !== null;
  }

  /**
   * Starts it; `frame` is called with pictures, as long as `ready()` says that one is wanted.
   * @param {(picture: Picture) => void} frame
   * @param {() => boolean} ready
   */
  async start(frame, ready) {
    if (!navigator.mediaDevices) {
      throw new Refused(say("This browser gives a page a camera only over a safe connection (https)."));
    }
    const asked = (this.#asked += 1);
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        video: { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: "environment" },
      });
    } catch (error) {
      const { name } = /** @type {DOMException} */ (error);
      throw new Refused(REASONS[name] ?? say("The camera could not be started ({name}).", { name }));
    }
    if (asked !== this.#asked) {
      stream.getTracks().forEach((track) => track.stop());
      return;
    }
    this.#stream = stream;
    this.#video.muted = true;
    this.#video.playsInline = true;
    this.#video.srcObject = this.#stream;
    await this.#video.play();
    const next = () => {
      if (!this.#stream) return;
      const { videoWidth: width, videoHeight: height } = this.#video;
      if (ready() && width) frame(pixelsOf(this.#video, width, height, say("The camera's picture")));
      this.#timer = window.setTimeout(next, FASTEST);
    };
    next();
  }

  stop() {
    this.#asked += 1;
    window.clearTimeout(this.#timer);
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    this.#video.srcObject = null;
  }
}
