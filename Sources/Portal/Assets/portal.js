// What the pages cannot do without a script: copying, printing, passkeys, the live panel, the reader's own time zone.
"use strict";

for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  if (!source || !navigator.clipboard) continue;
  const label = button.querySelector("span") ?? button;
  const text = label.textContent;
  const said = document.createElement("span");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  button.after(said);
  button.hidden = false;
  button.addEventListener("click", async () => {
    const items = [...source.querySelectorAll("li")];
    await navigator.clipboard.writeText(items.length ? items.map((item) => item.textContent).join("\n") : source.textContent);
    label.textContent = said.textContent = "Copied";
    setTimeout(() => { label.textContent = text; said.textContent = ""; }, 2000);
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// A word on the password that is being chosen, asked of the server after a short rest.
for (const words of document.querySelectorAll("[data-strength]")) {
  const field = document.getElementById(words.dataset.of);
  let rest;
  let asking = new AbortController();
  const stop = () => {
    clearTimeout(rest);
    asking.abort();
    asking = new AbortController();
  };
  field.form.addEventListener("submit", stop);
  field.addEventListener("input", () => {
    stop();
    const { signal } = asking;
    rest = setTimeout(async () => {
      const sent = new URLSearchParams();
      for (const name of ["password", "login", "name"]) if (field.form.elements[name]) sent.set(name, field.form.elements[name].value);
      const said = field.value && await fetch(words.dataset.strength, { method: "POST", body: sent, signal })
        .then((answer) => answer.ok && !answer.redirected ? answer.text() : "").catch(() => "");
      if (!signal.aborted) words.textContent = said;
    }, 400);
  });
}

function localise(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    time.title = new Date(time.dateTime).toLocaleString(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
  }
}
localise(document);

// The server sends the panel's content as it is to be shown; it has escaped it.
const panel = document.querySelector("[data-live]");
if (panel && window.EventSource) {
  document.getElementById("check-now").hidden = true;
  let events;
  const listen = () => {
    events?.close();
    events = new EventSource(panel.dataset.live);
    events.addEventListener("panel", (event) => {
      if (panel.innerHTML === event.data) return;
      panel.innerHTML = event.data;
      localise(panel);
    });
    events.addEventListener("done", (event) => event.target.close());
    events.addEventListener("error", (event) => {
      if (event.target.readyState === EventSource.CLOSED) document.getElementById("check-now").hidden = false;
    });
  };
  listen();
  // “Yes, that’s me” without leaving the secret; if a code is wanted first, its page opens beside this one.
  panel.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-stay]")) return;
    event.preventDefault();
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }).catch(() => null);
    if (answer?.ok && answer.redirected) listen(); else form.submit();
  });
}

// A menu closes when the eye is elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) { menu.open = false; menu.querySelector("summary").focus(); }
});

// Passkeys and security keys (WebAuthn Level 3). Binary members travel as base64url, both ways.
const octets = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function publicKeyOptions(json) {
  const options = JSON.parse(json);
  const read = (list) => list?.map((one) => ({ ...one, id: octets(one.id) }));
  options.challenge = octets(options.challenge);
  if (options.user) options.user = { ...options.user, id: octets(options.user.id) };
  if (options.excludeCredentials) options.excludeCredentials = read(options.excludeCredentials);
  if (options.allowCredentials) options.allowCredentials = read(options.allowCredentials);
  return options;
}

function credentialJSON(credential) {
  const from = credential.response;
  const response = { clientDataJSON: text(from.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (from[name]) response[name] = text(from[name]);
  }
  if (from.getTransports) response.transports = from.getTransports();
  return JSON.stringify({
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

let waiting = null;
for (const way of window.PublicKeyCredential ? document.querySelectorAll("[data-webauthn]") : []) {
  const form = way.closest("form");
  const button = way.querySelector("button");
  const problem = way.querySelector(".key-problem");
  const ask = async (mediation) => {
    waiting?.abort();
    waiting = new AbortController();
    const request = { publicKey: publicKeyOptions(way.dataset.options), signal: waiting.signal };
    if (mediation) request.mediation = mediation;
    try {
      const credential = await navigator.credentials[way.dataset.webauthn](request);
      form.elements.response.value = credentialJSON(credential);
      // A button named "submit" hides the method of that name.
      HTMLFormElement.prototype.submit.call(form);
    } catch (error) {
      // Nobody asked for what waits in the login field, so nobody is told that it ended.
      if (mediation || error.name === "AbortError") return;
      problem.textContent = way.dataset.problem;
      problem.hidden = false;
    }
  };
  button.hidden = false;
  button.addEventListener("click", () => { problem.hidden = true; ask(); });
  if ("conditional" in way.dataset) {
    PublicKeyCredential.isConditionalMediationAvailable?.().then((can) => { if (can) ask("conditional"); });
  }
}
