// Shows one card of a quiz and passes on what the reader does. The kernel judges: no key is here before it has.
const WAIT_MS = 8000; // after this long without a reply the reader is told why

const WORDS = {
  right: ["✓", "Right."],
  wrong: ["✗", "Not right yet."],
  "cannot check": ["?", "Not checked."],
  shown: ["→", ""],
  hint: ["→", ""],
};

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "html") node.innerHTML = value; // made and cleaned by the kernel
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

let faces = 0;

function render({ model, el }) {
  const id = `crml-quiz-${++faces}`;
  const root = make("div", { class: "crml-quiz", role: "group" });
  el.append(root);
  // The notebook's own keys (x cuts a cell, Ctrl+Backspace deletes it) must not see what is typed here; only saving may.
  const saving = (event) => (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s" && !event.shiftKey;
  const keep = (event) => { if (!saving(event)) event.stopPropagation(); };
  for (const kind of ["keydown", "keypress", "keyup"]) root.addEventListener(kind, keep);

  let parts = {}, timer = null, waiting = false;

  function send(message) {
    if (waiting) return; // one message at a time: a second click would count twice
    waiting = true;
    root.setAttribute("aria-busy", "true");
    timer = setTimeout(() => {
      say("cannot check", "<div>The kernel does not answer yet. If it is busy, wait; else run this cell again.</div>");
    }, WAIT_MS);
    model.send(message);
  }

  function heard() {
    clearTimeout(timer);
    waiting = false;
    root.removeAttribute("aria-busy");
  }

  function say(verdict, html) {
    const [sign, word] = WORDS[verdict] ?? WORDS["cannot check"];
    parts.said.className = `crml-said crml-${verdict.replace(" ", "-")}`;
    parts.said.replaceChildren(
      make("span", { "aria-hidden": "true", class: "crml-sign" }, sign),
      make("div", {}, ...(word ? [make("strong", {}, word)] : []), make("div", { html })),
    );
    parts.said.scrollIntoView?.({ block: "nearest" });
  }

  function warn(text) { parts.warning.textContent = text ?? ""; }

  function button(text, act, extra = {}) {
    return make("button", { type: "button", ...extra, onclick: act }, text);
  }

  function draw(focus) {
    heard();
    const card = model.get("card");
    root.setAttribute("aria-label", `Quiz: ${card.title}`);
    parts = {
      said: make("div", { class: "crml-said" }),
      warning: make("p", { class: "crml-warning" }, card.warning ?? ""),
      buttons: make("div", { class: "crml-buttons" }),
    };
    const live = make("div", { role: "status", "aria-live": "polite" }, parts.said);
    const head = make("p", { class: "crml-head", tabindex: "-1" },
      card.kind === "end" ? `${card.title}: done` : `${card.title}: question ${card.place} of ${card.of}`);
    root.replaceChildren(head);
    if (card.kind === "end") {
      root.append(make("div", { html: card.html }), parts.warning, parts.buttons, live);
      parts.buttons.append(button("Once more", () => send({ do: "again" })));
    } else {
      root.append(question(card), live, parts.warning);
    }
    if (focus) head.focus();
  }

  function question(card) {
    const form = make("form", { autocomplete: "off", onsubmit: (event) => { event.preventDefault(); submit(card); } });
    const stem = `${id}-stem`;
    const keys = [];
    if (card.type === "single") {
      const choices = card.options.map((html, i) =>
        make("label", { class: "crml-option" },
          make("input", { type: "radio", name: `${id}-option`, value: i }),
          make("span", { class: "crml-key", "aria-hidden": "true" }, `${i + 1}`),
          make("span", { html })));
      form.append(make("fieldset", {}, make("legend", { html: card.stem }), ...choices));
      keys.push(`1 to ${card.options.length} choose`);
    } else {
      form.append(make("div", { id: stem, class: "crml-stem", html: card.stem }));
    }
    if (card.type === "numeric") {
      parts.field = make("input", { type: "text", inputmode: "decimal", id: `${id}-number`, size: 12, maxlength: 60 });
      form.append(make("p", {}, make("label", { for: `${id}-number` }, `Your answer in ${card.wanted}: `), parts.field));
    }
    if (card.type === "flip") {
      parts.back = make("div", { class: "crml-back", hidden: true, tabindex: "-1" });
      form.append(parts.back);
      parts.buttons.append(button("Turn over", () => send({ do: "turn" }), { class: "crml-main" }));
    } else {
      parts.buttons.append(make("button", { type: "submit", class: "crml-main" }, "Check"));
      keys.push("Enter checks");
      parts.show = button("Show the answer", () => send({ do: "show" }));
    }
    if (card.hints) {
      parts.hint = button(`Hint (${card.hints})`, () => send({ do: "hint" }));
      parts.buttons.append(parts.hint);
      if (card.type !== "numeric") keys.push("h shows a hint");
    }
    if (parts.show) parts.buttons.append(parts.show);
    parts.next = button("Next", () => send({ do: "next", place: card.place }));
    parts.buttons.append(parts.next);
    form.append(parts.buttons);
    parts.keys = make("p", { class: "crml-keys" }, keys.length ? `Keys: ${keys.join(", ")}.` : "");
    form.append(parts.keys);
    form.addEventListener("keydown", (event) => shortcut(event, card, form));
    return form;
  }

  function shortcut(event, card, form) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.type === "text") return;
    const radios = form.querySelectorAll("input[type=radio]");
    const chosen = radios[Number(event.key) - 1];
    if (chosen && !chosen.disabled) {
      chosen.checked = true;
      chosen.focus();
    } else if (event.key === "h" && parts.hint) {
      parts.hint.click();
    } else if (event.key === "Enter" && event.target.type === "radio") {
      event.preventDefault();
      form.requestSubmit();
    }
  }

  function submit(card) {
    const check = parts.buttons.querySelector("button[type=submit]");
    if (!check) return;
    const chosen = root.querySelector("input[type=radio]:checked");
    const value = card.type === "single" ? (chosen ? Number(chosen.value) : null) : parts.field.value;
    send({ do: "answer", value });
  }

  function turned(message) {
    parts.back.innerHTML = message.html;
    parts.back.hidden = false;
    const knew = button("I knew it", () => send({ do: "answer", value: true }));
    const not = button("Not yet", () => send({ do: "answer", value: false }));
    parts.buttons.replaceChildren(knew, not);
    parts.back.focus();
  }

  function judged(message) {
    if (message.verdict === "hint") parts.hint.textContent = message.left ? `Hint (${message.left})` : "Hint again";
    say(message.verdict, message.html);
    warn(message.warning);
    if (!message.open) return;
    for (const input of root.querySelectorAll("input")) input.disabled = true;
    parts.next.className = "crml-main";
    parts.buttons.replaceChildren(parts.next);
    parts.keys.textContent = "";
    parts.next.focus();
  }

  const onMessage = (message) => {
    heard();
    if (message.kind === "back") turned(message);
    if (message.kind === "said") judged(message);
  };
  const onCard = () => { draw(true); };
  model.on("msg:custom", onMessage);
  model.on("change:card", onCard);
  draw(false);
  if (model.get("card").kind === "card") model.send({ do: "look" }); // a page that was loaded again has forgotten
  return () => {
    clearTimeout(timer);
    model.off("msg:custom", onMessage);
    model.off("change:card", onCard);
  };
}

export default { render };
