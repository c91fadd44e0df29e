// <door-signals> around a hidden button that switches sound on and off, and remembers it: says by ear and by hand what a
// `verdict` ({ result }) on the document is. Never alone: the same stands on the screen, as a word and a sign.
const TONES = { // [hertz, from second, for seconds]
  welcome: [[660, 0, 0.09], [990, 0.1, 0.16]],
  "already-in": [[440, 0, 0.12], [440, 0.2, 0.12]],
  refused: [[200, 0, 0.45]],
};
const BUZZES = { welcome: [60], "already-in": [120, 80, 120], refused: [400] };
const KEPT = "evently.door.sound";

class DoorSignals extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.button.hidden = false;
    this.show(localStorage.getItem(KEPT) !== "off");
    this.button.addEventListener("click", () => {
      this.show(!this.on);
      localStorage.setItem(KEPT, this.on ? "on" : "off");
      if (this.on) this.play(TONES.welcome);
    });
    // Browsers let a page be heard only after somebody has touched it.
    for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, () => this.wake(), { once: true });
    document.addEventListener("verdict", ({ detail: { result } }) => {
      const kind = result in TONES ? result : "refused";
      if (this.on) this.play(TONES[kind]);
      navigator.vibrate?.(BUZZES[kind]);
    });
  }

  show(on) {
    this.on = on;
    this.button.setAttribute("aria-pressed", String(on));
    this.button.lastChild.textContent = on ? "Sound is on" : "Sound is off";
  }

  wake() {
    this.audio ??= new AudioContext();
    this.audio.resume().catch(() => {});
  }

  play(tones) {
    if (!this.audio) return;
    for (const [hertz, from, length] of tones) {
      const begin = this.audio.currentTime + from;
      const voice = this.audio.createOscillator(), volume = this.audio.createGain();
      voice.type = hertz < 300 ? "square" : "sine";
      voice.frequency.value = hertz;
      volume.gain.setValueAtTime(0.25, begin);
      volume.gain.exponentialRampToValueAtTime(0.001, begin + length);
      voice.connect(volume).connect(this.audio.destination);
      voice.start(begin);
      voice.stop(begin + length);
    }
  }
}

customElements.define("door-signals", DoorSignals);
