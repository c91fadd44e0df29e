// <confirm-dialog> around one <form data-title data-text data-action [data-tone="danger"]>: asks in a native dialog,
// then sends the form with confirmed=1. Without JavaScript the form goes without it, and its page asks.
class ConfirmDialog extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => {
      const form = event.target;
      if (form.method === "dialog" || form.elements.confirmed) return;
      event.preventDefault();
      event.stopPropagation();
      this.ask(form, event.submitter);
    }, { capture: true });
  }

  ask(form, submitter) {
    const dialog = document.createElement("dialog");
    dialog.className = "dialog";
    const title = element("h2", form.dataset.title ?? "Are you sure?");
    title.id = `confirm-${Date.now()}`;
    dialog.setAttribute("aria-labelledby", title.id);
    const foot = element("form");
    foot.method = "dialog";
    foot.className = "dialog-foot";
    const tone = form.dataset.tone === "danger" ? "danger" : "primary";
    const no = button(form.dataset.cancel ?? "Keep it", "secondary", "no");
    const yes = button(form.dataset.action ?? "Yes", tone, "yes");
    foot.append(no, yes);
    dialog.append(title, element("p", form.dataset.text ?? ""), foot);
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (dialog.returnValue === "yes") this.send(form, submitter);
      else submitter?.focus();
    });
    this.append(dialog);
    dialog.showModal();
    no.focus();
  }

  send(form, submitter) {
    const confirmed = document.createElement("input");
    confirmed.type = "hidden";
    confirmed.name = "confirmed";
    confirmed.value = "1";
    form.append(confirmed);
    form.requestSubmit(submitter);
  }
}

function element(tag, text = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

function button(text, variant, value) {
  const made = element("button", text);
  made.className = `button button-${variant}`;
  made.value = value;
  return made;
}

customElements.define("confirm-dialog", ConfirmDialog);
