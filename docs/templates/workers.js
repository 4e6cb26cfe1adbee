// A browser starts no worker from a disk, but starts one from a text that it is given. WORKERS has
// the text of each (generator/site/from_disk.py); served, the site starts them from their files.
if (location.protocol === "file:") {
  window.Worker = class extends Worker {
    constructor(address) {
      const { href } = new URL(address, location.href);
      const name = Object.keys(WORKERS).find((one) => href.endsWith(`/${one}`));
      super(URL.createObjectURL(new Blob([WORKERS[name]], { type: "text/javascript" })));
    }
  };
}
