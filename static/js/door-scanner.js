// <door-scanner> around the camera, the form and the place where the verdict is shown: sends what was scanned or typed, one
// at a time. A scan has an id of its own. While no answer comes, that one scan is kept and sent again with the same id, so
// that a guest whose welcome was lost on the way is still welcome.
const GIVE_UP = 10000, SLOW = 700, AGAIN_EVERY = 4000;
const SAME_CODE = 5000; // one that stays before the camera is not read again
const SHOWN = { welcome: 2000 }, SHOWN_ELSE = 4000;
const KEYSTROKE = 80, SHORTEST = 8; // a scanner that is a keyboard types faster than people do

class DoorScanner extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.camera = this.querySelector("door-camera");
    this.verdict = this.querySelector(".scanner-verdict");
    this.state = this.querySelector(".scanner-state");
    this.again = this.querySelector("[data-again]");
    this.seen = { text: "", at: -SAME_CODE };
    this.addEventListener("code-read", ({ detail: { text } }) => this.see(text));
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.typed(); });
    this.verdict.addEventListener("click", (event) => { if (!event.target.closest("button, form")) this.goOn(); });
    this.querySelector("[data-retry]").addEventListener("click", () => this.attempt());
    this.querySelector("[data-drop]").addEventListener("click", () => this.drop());
    addEventListener("online", () => { if (this.scan?.lost) this.attempt(); });
    addEventListener("beforeunload", (event) => { if (this.scan) event.preventDefault(); });
    this.listenToKeys();
    if (this.verdict.firstElementChild) this.verdict.dataset.past = "";
  }

  // What the camera sees: a code is sent when it has not just been sent or seen.
  see(text) {
    const now = performance.now(), same = text === this.seen.text && now - this.seen.at < SAME_CODE;
    this.seen = { text, at: now };
    if (!same && !this.scan) this.send(text);
  }

  typed() {
    const { code } = this.form.elements;
    const text = code.value.trim();
    if (!text) return this.say("Scan a ticket, or type the code under it.");
    if (this.scan) return this.say("One moment: the scan before this one has no answer yet.");
    code.value = "";
    this.send(text);
  }

  // A scanner that is a keyboard, wherever the focus is.
  listenToKeys() {
    let typed = "", at = 0;
    document.addEventListener("keydown", (event) => {
      if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
      const now = performance.now();
      if (now - at > KEYSTROKE) typed = "";
      at = now;
      if (event.key.length === 1) typed += event.key;
      if (event.key !== "Enter" || typed.length < SHORTEST) return;
      event.preventDefault(); // the key is the scanner's, not a press of whatever button has the focus
      const text = typed;
      typed = "";
      if (!this.scan) this.send(text);
    });
  }

  send(text) {
    this.scan = { text, id: crypto.randomUUID?.() ?? "", lost: false };
    this.attempt();
  }

  async attempt() {
    const scan = this.scan;
    if (!scan || scan.busy) return;
    clearTimeout(this.retry);
    scan.busy = true;
    const slow = setTimeout(() => this.say(scan.lost ? "Sending it again …" : "Sending …"), scan.lost ? 0 : SLOW);
    try {
      const answer = await fetch(this.form.action, { method: "POST", body: this.body(scan), headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(GIVE_UP) });
      if (answer.status >= 500) throw new Error(answer.status);
      await this.answered(answer);
    } catch {
      this.lost(scan);
    } finally {
      clearTimeout(slow);
      scan.busy = false;
    }
  }

  body(scan) {
    const body = new FormData(this.form);
    body.set("code", scan.text);
    body.set("scan", scan.id);
    return body;
  }

  lost(scan) {
    scan.lost = true;
    this.again.hidden = false;
    this.say(navigator.onLine ? "No answer from the server. This scan is kept and sent again; nobody is let in twice." : "No network. This scan is kept and sent when there is one.");
    this.retry = setTimeout(() => this.attempt(), AGAIN_EVERY);
  }

  // Only an answer says whether somebody is in: whoever gives a scan up looks at the last scans.
  drop() {
    clearTimeout(this.retry);
    this.done();
    this.say("Given up. It may have arrived all the same: the last scans say so.");
  }

  done() {
    this.scan = null;
    this.seen.at = performance.now();
    this.again.hidden = true;
    this.say("");
  }

  async answered(answer) {
    if (answer.status === 204) return this.refuse("You are signed out, and this scan was not made. Load this page again to sign in.");
    if (answer.status === 429) return this.refuse(`That was too often. Scan again in ${answer.headers.get("Retry-After") ?? "a few"} seconds.`);
    if (answer.status === 403 || answer.status === 404) return this.refuse("You may not scan here any more, or this page is too old. Load it again.");
    if (!answer.ok) return this.refuse("This could not be read. Type the code under the ticket.");
    const html = await answer.text();
    this.done();
    this.show(html);
  }

  refuse(words) {
    this.done();
    this.say(words);
    document.dispatchEvent(new CustomEvent("verdict", { detail: { result: "refused" } }));
  }

  show(html) {
    this.verdict.innerHTML = html;
    delete this.verdict.dataset.past;
    const { result } = this.verdict.querySelector("[data-result]").dataset;
    document.dispatchEvent(new CustomEvent("verdict", { detail: { result } }));
    if (result === "welcome") document.body.dispatchEvent(new CustomEvent("door-moved"));
    this.camera.paused = true;
    clearTimeout(this.showing);
    this.showing = setTimeout(() => this.goOn(), SHOWN[result] ?? SHOWN_ELSE);
  }

  goOn() {
    clearTimeout(this.showing);
    this.verdict.dataset.past = "";
    this.camera.paused = false;
  }

  say(words) { this.state.textContent = words; }
}

customElements.define("door-scanner", DoorScanner);
