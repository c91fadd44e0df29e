// <passkey-form does="create|get" options="id of a JSON script" or from="address of JSON" alone="id of a checkbox">
// around a form with a field named credential: asks the browser for a passkey, and sends what it says.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

// The specification's JSON form of the options, by hand: not every browser that knows passkeys can read it.
function readable({ publicKey: said }) {
  const options = { ...said, challenge: bytes(said.challenge) };
  if (said.user) options.user = { ...said.user, id: bytes(said.user.id) };
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    if (said[list]) options[list] = said[list].map((one) => ({ ...one, id: bytes(one.id) }));
  }
  return options;
}

function writable(credential) {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = text(credential.response[part]);
  }
  const clientExtensionResults = credential.getClientExtensionResults();
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults };
}

const REASONS = {
  InvalidStateError: "This device has a passkey of yours already.",
  NotAllowedError: "That was not finished. Try again when you are ready.",
  NotSupportedError: "This device has no passkey that could be used here.",
  SecurityError: "Passkeys work only at the site's own address, over https.",
};

class PasskeyForm extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    if (!window.PublicKeyCredential) return this.hidden || this.say("This browser knows no passkeys.");
    this.hidden = false;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.busy) this.ask();
    });
  }

  say(words) {
    this.querySelector("[role=status]").textContent = words;
  }

  async ask() {
    this.busy = true;
    this.say("Waiting for your device …");
    try {
      const publicKey = readable(await this.options());
      const credential = await navigator.credentials[this.getAttribute("does")]({ publicKey });
      this.form.elements.credential.value = JSON.stringify(writable(credential));
      this.say("");
      this.form.submit();
    } catch (error) {
      this.say(REASONS[error.name] ?? "That did not work. Try again, or use another way.");
    } finally {
      this.busy = false;
    }
  }

  async options() {
    if (this.hasAttribute("from")) {
      const answer = await fetch(this.getAttribute("from"), { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(`${answer.status}`);
      return (await answer.json()).request_options;
    }
    const said = JSON.parse(document.getElementById(this.getAttribute("options")).textContent);
    const options = said.creation_options ?? said.request_options;
    const alone = this.form.querySelector(`#${this.getAttribute("alone") ?? "none"}`)?.checked;
    if (alone) {
      Object.assign(options.publicKey.authenticatorSelection, { residentKey: "required", requireResidentKey: true, userVerification: "required" });
    }
    return options;
  }
}

customElements.define("passkey-form", PasskeyForm);
