// <door-camera data-frames="/…/frame"> around a video and its buttons: fires `code-read` ({ text }) for what it sees. The
// browser's BarcodeDetector reads where there is one, else the server reads a frame now and then. While `paused` is set it
// looks and says nothing.
const EVERY = 120, FRAME_EVERY = 350, FRAME_WIDTH = 720, FRAME_QUALITY = 0.7, FRAME_TIME = 8000, LARGEST = 290000;
const REFUSALS = {
  NotAllowedError: "The camera was refused. Allow it for this site in the browser’s settings and start again, or type the code.",
  NotFoundError: "No camera was found. Type the code, or use a scanner.",
  OverconstrainedError: "No camera was found. Type the code, or use a scanner.",
  NotReadableError: "The camera is in use. Close the other app or tab and start again, or type the code.",
  AbortError: "The camera did not start. Start it again, or type the code.",
};
const OTHER = "The camera can’t be used here. Type the code, or use a scanner.";

class DoorCamera extends HTMLElement {
  connectedCallback() {
    this.video = this.querySelector("video");
    this.words = this.querySelector(".scanner-words");
    this.startButton = this.querySelector("[data-start]");
    this.torchButton = this.querySelector("[data-torch]");
    this.flipButton = this.querySelector("[data-flip]");
    if (!navigator.mediaDevices?.getUserMedia) return; // no camera for pages here, or no https: one types
    this.hidden = false;
    this.startButton.addEventListener("click", () => this.start());
    this.torchButton.addEventListener("click", () => this.light(!this.lit));
    this.flipButton.addEventListener("click", () => this.flip());
    document.addEventListener("visibilitychange", () => { if (!document.hidden && this.stream) this.stayAwake(); });
  }

  disconnectedCallback() { this.stop(); }

  async start(deviceId) {
    this.stop();
    this.say("");
    this.startButton.disabled = true;
    try {
      const which = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: { ideal: "environment" } };
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { ...which, width: { ideal: 1280 }, height: { ideal: 720 } } });
      this.video.srcObject = this.stream;
      await this.video.play();
    } catch (error) {
      this.stop();
      this.say(REFUSALS[error.name] ?? OTHER);
      return;
    } finally {
      this.startButton.disabled = false;
    }
    const [track] = this.stream.getVideoTracks();
    track.addEventListener("ended", () => { this.stop(); this.say("The camera has stopped. Start it again."); });
    this.dataset.on = "";
    this.startButton.hidden = true;
    await this.offerTools(track);
    this.stayAwake();
    this.detector = await detector();
    this.look(this.stream);
  }

  stop() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = this.video.srcObject = null;
    delete this.dataset.on;
    this.startButton.hidden = false;
    this.torchButton.hidden = this.flipButton.hidden = true;
    this.awake?.release().catch(() => {});
  }

  async offerTools(track) {
    this.lit = false;
    this.torchButton.hidden = !track.getCapabilities?.().torch;
    const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.kind === "videoinput");
    this.flipButton.hidden = cameras.length < 2;
  }

  async light(on) {
    const [track] = this.stream?.getVideoTracks() ?? [];
    try {
      await track.applyConstraints({ advanced: [{ torch: on }] });
      this.lit = on;
      this.torchButton.setAttribute("aria-pressed", String(on));
    } catch {
      this.torchButton.hidden = true;
    }
  }

  async flip() {
    const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.kind === "videoinput");
    const mine = this.stream?.getVideoTracks()[0]?.getSettings().deviceId;
    const at = cameras.findIndex((camera) => camera.deviceId === mine);
    this.start(cameras[(at + 1) % cameras.length]?.deviceId);
  }

  async stayAwake() { this.awake = await navigator.wakeLock?.request("screen").catch(() => null); }

  say(words) { this.words.textContent = words; }

  // Look again and again, for as long as this stream lasts.
  async look(stream) {
    while (this.stream === stream) {
      if (!this.paused && !document.hidden && this.video.videoWidth) {
        const text = this.detector ? await this.detect() : await this.ask();
        if (text && !this.paused && this.stream === stream) this.dispatchEvent(new CustomEvent("code-read", { detail: { text }, bubbles: true }));
      }
      await new Promise((resume) => setTimeout(resume, this.detector ? EVERY : FRAME_EVERY));
    }
  }

  async detect() {
    try {
      const [found] = await this.detector.detect(this.video);
      return found?.rawValue;
    } catch {
      this.detector = null; // it promised too much: the server reads from now on
      return null;
    }
  }

  // One frame at a time: the next is taken when the answer to this one is here.
  async ask() {
    const picture = await this.frame();
    if (!picture || picture.size > LARGEST) return null;
    const headers = { "Content-Type": "image/jpeg", "HX-Request": "true", "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value };
    try {
      const answer = await fetch(this.dataset.frames, { method: "POST", body: picture, headers, signal: AbortSignal.timeout(FRAME_TIME) });
      if (answer.status === 204) return this.give("You are signed out. Load this page again to sign in.");
      if (answer.status === 429) return this.give("The server was asked too often. It goes on in a moment.");
      if (answer.status === 403 || answer.status === 404) return this.give("You may not scan here any more. Load this page again.");
      if (!answer.ok) return this.give("The server can’t read pictures right now. Type the code.");
      this.say("");
      return (await answer.json()).text;
    } catch {
      return this.give("No network. The camera reads again when there is one; typing a code keeps it.");
    }
  }

  give(words) {
    if (this.words.textContent !== words) this.say(words);
    return new Promise((resume) => setTimeout(() => resume(null), 1500));
  }

  frame() {
    const { videoWidth, videoHeight } = this.video;
    const scale = Math.min(1, FRAME_WIDTH / videoWidth);
    this.canvas ??= document.createElement("canvas");
    this.canvas.width = videoWidth * scale;
    this.canvas.height = videoHeight * scale;
    this.canvas.getContext("2d").drawImage(this.video, 0, 0, this.canvas.width, this.canvas.height);
    return new Promise((resolve) => this.canvas.toBlob(resolve, "image/jpeg", FRAME_QUALITY));
  }
}

async function detector() {
  try {
    const formats = await globalThis.BarcodeDetector?.getSupportedFormats();
    return formats?.includes("qr_code") ? new BarcodeDetector({ formats: ["qr_code"] }) : null;
  } catch {
    return null;
  }
}

customElements.define("door-camera", DoorCamera);
