// Shows one card of a quiz and passes on what the reader does. The kernel judges: no key is here before it has.
const WAIT_MS = 8000; // after this long without a reply the reader is told why

const SHOWN = 44; // letters of a choice that fit into its list

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

  // A section of this very page is scrolled to; another page opens beside it.
  root.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.crml-section");
    const plain = (text) => text.replace("¶", "").trim();
    const here = link && [...document.querySelectorAll("h1, h2, h3, h4")].find((h) => plain(h.textContent) === link.textContent);
    if (!here) return;
    event.preventDefault();
    here.tabIndex = -1;
    here.scrollIntoView({ block: "start" });
    here.focus();
  });

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
      moves: make("div", { class: "crml-buttons crml-moves" }),
    };
    const live = make("div", { role: "status", "aria-live": "polite" }, parts.said);
    const head = make("p", { class: "crml-head", tabindex: "-1" },
      card.kind === "end" ? `${card.title}: done` : `${card.title}: question ${card.place} of ${card.of}`);
    root.replaceChildren(head);
    if (card.kind === "end") {
      root.append(make("div", { html: card.html }), parts.warning, parts.buttons, live);
      parts.buttons.append(button("Once more", () => send({ do: "again" })));
    } else {
      root.append(question(card), live, parts.moves, parts.warning);
      if (card.back) parts.moves.append(button("Back", () => send({ do: "back", place: card.place })));
      offerUndo(card.undo);
    }
    if (focus) head.focus();
  }

  function offerUndo(may) {
    if (!may || parts.undo) return;
    parts.undo = button("Take back my answer", () => send({ do: "undo" }));
    parts.moves.append(parts.undo);
  }

  // One entry per kind: build(card, form, keys) puts the inputs there; read(card) is what is sent as the answer.
  const KINDS = {
    single: { build: choices("radio"), read: () => chosen()[0] ?? null, choose: true },
    truefalse: { build: choices("radio"), read: () => chosen()[0] ?? null, choose: true },
    multi: { build: choices("checkbox"), read: () => chosen(), choose: true },
    numeric: { build: field("decimal", (card) => `Your answer in ${card.wanted}: `), read: () => parts.field.value },
    text: { build: field("text", () => "Your answer: "), read: () => parts.field.value },
    cloze: { build: gaps, read: () => parts.fields.map((input) => input.value) },
    order: { build: steps, read: () => parts.rows.map((row) => row.from) },
    match: { build: rows, read: () => parts.fields.map((input) => (input.value === "" ? null : Number(input.value))) },
  };
  KINDS.classify = KINDS.match;

  const chosen = () => [...root.querySelectorAll(".crml-option input:checked")].map((input) => Number(input.value));

  function choices(type) {
    return (card, form, keys) => {
      const made = card.options.map((html, i) =>
        make("label", { class: "crml-option" },
          make("input", { type, name: `${id}-option`, value: i }),
          make("span", { class: "crml-key", "aria-hidden": "true" }, `${i + 1}`),
          make("span", { html })));
      form.append(make("fieldset", {}, make("legend", { html: card.stem }), ...made));
      keys.push(`1 to ${card.options.length} choose${type === "checkbox" ? ", several may be right" : ""}`);
    };
  }

  function stem(card, form) {
    form.append(make("div", { id: `${id}-stem`, class: "crml-stem", html: card.stem }));
  }

  function field(mode, label) {
    return (card, form) => {
      stem(card, form);
      const named = { type: "text", inputmode: mode, id: `${id}-field`, maxlength: 200, size: mode === "text" ? 30 : 12 };
      parts.field = make("input", { ...named, "aria-describedby": `${id}-stem` });
      form.append(make("p", {}, make("label", { for: `${id}-field` }, label(card)), parts.field));
    };
  }

  function gaps(card, form) {
    stem(card, form);
    parts.fields = [...form.querySelectorAll(".crml-gap")].map((place, i) => {
      const input = make("input", { type: "text", size: 16, maxlength: 200, "aria-label": `gap ${i + 1} of ${card.gaps}` });
      place.replaceWith(make("span", { class: "crml-mark" }), input);
      return input;
    });
    parts.marks = [...form.querySelectorAll(".crml-mark")];
  }

  function steps(card, form) {
    stem(card, form);
    const list = make("ol", { class: "crml-steps", "aria-describedby": `${id}-stem` });
    const moved = make("p", { class: "crml-moved", role: "status" });
    parts.rows = card.steps.map((html, from) => {
      const row = { from, mark: make("span", { class: "crml-mark" }), text: make("span", { html, id: `${id}-step-${from}` }) };
      row.up = button("↑", () => move(row, -1), { "aria-label": "Move up", "aria-describedby": `${id}-step-${from}` });
      row.down = button("↓", () => move(row, 1), { "aria-label": "Move down", "aria-describedby": `${id}-step-${from}` });
      row.node = make("li", {}, row.up, row.down, row.mark, row.text);
      return row;
    });
    const place = () => {
      list.replaceChildren(...parts.rows.map((row) => row.node));
      parts.marks = parts.rows.map((row) => row.mark);
      for (const mark of parts.marks) mark.textContent = "";
    };
    function move(row, by) {
      const at = parts.rows.indexOf(row), to = at + by;
      if (to < 0 || to >= parts.rows.length) return;
      parts.rows.splice(at, 1);
      parts.rows.splice(to, 0, row);
      place();
      (by < 0 ? row.up : row.down).focus();
      moved.textContent = `${row.text.textContent}: now ${to + 1} of ${parts.rows.length}`;
    }
    place();
    form.append(list, moved);
  }

  function rows(card, form) {
    stem(card, form);
    // A long choice would be cut off in its list: then all of them stand above, with letters.
    const long = card.kinds.some((text) => text.length > SHOWN);
    const letter = (k) => String.fromCharCode(97 + k);
    const cut = (text) => (text.length > SHOWN ? `${text.slice(0, SHOWN - 2)} …` : text);
    const named = (text, k) => (long ? `${letter(k)}: ${cut(text)}` : text);
    if (long) form.append(make("ol", { class: "crml-kinds" }, ...card.kinds.map((text) => make("li", {}, text))));
    const made = card.rows.map((html, i) => {
      const select = make("select", { "aria-labelledby": `${id}-row-${i}` }, make("option", { value: "" }, "choose"),
        ...card.kinds.map((text, k) => make("option", { value: k }, named(text, k))));
      return make("tr", {}, make("td", {}, make("span", { class: "crml-mark" })),
        make("td", { id: `${id}-row-${i}`, html }), make("td", {}, select));
    });
    form.append(make("table", { class: "crml-rows", role: "presentation" }, make("tbody", {}, ...made)));
    parts.fields = made.map((row) => row.querySelector("select"));
    parts.marks = made.map((row) => row.querySelector(".crml-mark"));
  }

  function question(card) {
    const form = make("form", { autocomplete: "off", onsubmit: (event) => { event.preventDefault(); submit(card); } });
    const keys = [];
    if (card.case) form.append(make("div", { class: "crml-case", html: card.case }));
    const kind = KINDS[card.type];
    if (kind) {
      kind.build(card, form, keys);
      parts.buttons.append(make("button", { type: "submit", class: "crml-main" }, "Check"));
      keys.push("Enter checks");
      parts.show = button("Show the answer", () => send({ do: "show" }));
    } else {
      stem(card, form);
      parts.back = make("div", { class: "crml-back", hidden: true, tabindex: "-1" });
      form.append(parts.back);
      parts.buttons.append(button("Turn over", () => send({ do: "turn" }), { class: "crml-main" }));
    }
    if (card.hints) {
      parts.hint = button(`Hint (${card.hints})`, () => send({ do: "hint" }));
      parts.buttons.append(parts.hint);
      if (!form.querySelector("input[type=text], select")) keys.push("h shows a hint");
    }
    if (parts.show) parts.buttons.append(parts.show);
    parts.next = button("Skip", () => send({ do: "next", place: card.place }));
    parts.buttons.append(parts.next);
    form.append(parts.buttons);
    parts.keys = make("p", { class: "crml-keys" }, keys.length ? `Keys: ${keys.join("; ")}.` : "");
    form.append(parts.keys);
    form.addEventListener("keydown", (event) => shortcut(event, form));
    return form;
  }

  function shortcut(event, form) {
    const writes = event.target.type === "text" || event.target.tagName === "SELECT";
    if (event.ctrlKey || event.metaKey || event.altKey || writes) return;
    const options = form.querySelectorAll(".crml-option input");
    const option = options[Number(event.key) - 1];
    if (option && !option.disabled) {
      option.checked = option.type === "radio" || !option.checked;
      option.focus();
    } else if (event.key === "h" && parts.hint) {
      parts.hint.click();
    } else if (event.key === "Enter" && ["radio", "checkbox"].includes(event.target.type)) {
      event.preventDefault();
      form.requestSubmit();
    }
  }

  function submit(card) {
    if (parts.buttons.querySelector("button[type=submit]")) send({ do: "answer", value: KINDS[card.type].read() });
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
    (message.marks ?? []).forEach((right, i) => {
      parts.marks[i].replaceChildren(make("span", { role: "img", "aria-label": right ? "right" : "not right" }, right ? "✓" : "✗"));
    });
    offerUndo(message.undo);
    if (!message.open) return;
    for (const input of root.querySelectorAll("input, select, .crml-steps button")) input.disabled = true;
    parts.next.className = "crml-main";
    parts.next.textContent = "Next";
    const easy = message.easy ? [button("Too easy", () => send({ do: "easy" }))] : [];
    parts.buttons.replaceChildren(parts.next, ...easy);
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
