// No page needs this file: it adds the keyboard, keeps what was typed, and stops a form from being sent twice.
(() => {
  "use strict";

  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const one = (selector, root = document) => root.querySelector(selector);

  function element(tag, attributes, ...children) {
    const made = Object.assign(document.createElement(tag), attributes);
    made.append(...children);
    return made;
  }

  // The keyboard. Officers may turn it off on their machine: some read with software that needs the letters.

  const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
  const keysOn = () => localStorage.getItem("keys") !== "off";

  function step(forward) {
    const rows = all("[data-rows] > *").filter((row) => one("a[href]", row));
    const here = rows.indexOf(document.activeElement.closest("[data-rows] > *"));
    const next = rows[here < 0 ? 0 : here + forward];
    if (!next) return;
    one("a[href]", next).focus();
    if (one("#xem-nhanh > *")) peek();
  }

  // The dossier beside the list, where there is room for one.
  const row = () => document.activeElement.closest("[data-rows] > *");

  function peek() {
    const link = one("[data-peek]", row() ?? undefined);
    if (link?.offsetParent) link.click();
    return Boolean(link);
  }

  // Rows chosen for one act on many: x chooses, X also all between it and the one chosen before.
  const boxes = () => all("[data-rows] input[name=viec]");
  let last = null;

  function choose(through) {
    const box = one("input[name=viec]", row() ?? undefined);
    if (!box) return false;
    const [from, to] = [boxes().indexOf(through && last ? last : box), boxes().indexOf(box)].sort((a, b) => a - b);
    const on = through && last ? last.checked : !box.checked;
    for (const other of boxes().slice(from, to + 1)) other.checked = on;
    last = box;
    count();
    return true;
  }

  function count() {
    const chosen = boxes().filter((box) => box.checked).length;
    for (const said of all("[data-chosen]")) {
      const thing = said.dataset.chosen;
      said.textContent = chosen ? `Đã chọn ${chosen} ${thing || "việc"}:` : `Chọn ở đầu dòng${matchMedia("(pointer: fine)").matches ? " (phím x)" : ""} để làm nhiều ${thing || "hồ sơ"}:`;
    }
  }

  function help() {
    const list = one("#keys [data-keys]");
    list.replaceChildren();
    for (const marked of all("[data-key]")) {
      const label = [...marked.childNodes].filter((node) => node.nodeName !== "KBD");
      list.append(
        element("dt", {}, element("kbd", { textContent: marked.dataset.key })),
        element("dd", { textContent: label.map((node) => node.textContent).join("").trim() }),
      );
    }
    list.hidden = !list.children.length;
    one("#keys").showModal();
  }

  // A letter opens a link, but only moves to a button: nothing is decided by one key struck by mistake.
  function letter(key) {
    const marked = all("[data-key]").find((candidate) => candidate.dataset.key === key);
    if (!marked) return false;
    if (marked.matches("a[href]")) marked.click();
    else marked.focus();
    return true;
  }

  function press(key) {
    if (key === "/") (one("main [data-search]") ?? one("[data-search]"))?.focus();
    else if (one("[data-rows]") && (key === "j" || key === "k")) step(key === "j" ? 1 : -1);
    else if (row() && (key === "x" || key === "X")) return choose(key === "X");
    else if (row() && key === "v") return peek();
    else if (key === "?") help();
    else return letter(key);
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!keysOn() || event.target.closest?.(TYPING) || one("dialog[open]")) return;
    if (press(event.key)) event.preventDefault();
  });

  // A list under a search field: Enter takes its first row once it answers what was typed, ArrowDown goes into it.

  let awaited = null;

  function pick(field) {
    const list = one("[data-for]", one(field.dataset.picks));
    if (list?.dataset.for !== field.value.trim()) return false;
    const first = one("input[type=radio]", list);
    first?.click();
    first?.focus();
    return true;
  }

  document.addEventListener("keydown", (event) => {
    const field = event.target.closest?.("[data-picks]");
    if (!field || event.isComposing || !window.htmx) return;
    if (event.key === "Enter" && field.value.trim()) {
      event.preventDefault();
      awaited = pick(field) ? null : field;
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      one(`${field.dataset.picks} input[type=radio]`)?.focus();
    }
  });

  document.addEventListener("htmx:afterSettle", () => {
    if (awaited && pick(awaited)) awaited = null;
  });

  // A choice that the address keeps: it outlives a lost session and can be opened again.
  document.addEventListener("change", (event) => {
    const name = event.target.dataset?.address;
    if (!name) return;
    const address = new URL(location.href);
    address.search = new URLSearchParams({ [name]: event.target.value });
    history.replaceState(history.state, "", address);
  });

  // What was typed is kept in this tab until the server has taken it: through errors, a lost session or a lost line.

  const store = `keep:${document.body.dataset.person ?? ""}:`;
  const slot = (form) => store + form.dataset.keep;
  const read = (key) => JSON.parse(sessionStorage.getItem(key));
  const write = (key, entry) => sessionStorage.setItem(key, JSON.stringify(entry));
  const UNKEPT = new Set(["password", "file", "hidden", "submit", "button", "search"]);
  const fields = (form) => [...form.elements].filter((field) => field.name && !UNKEPT.has(field.type));

  function keep(form, sent = false) {
    const values = fields(form).map((field) => [field.name, field.value, field.checked ?? null]);
    write(slot(form), { at: Date.now(), sent, values });
  }

  function restore(form, entry) {
    const left = [...entry.values];
    for (const field of fields(form)) {
      const toggle = field.type === "checkbox" || field.type === "radio";
      const found = left.findIndex(([name, value]) => name === field.name && (!toggle || value === field.value));
      if (found < 0) continue;
      const [[, value, checked]] = left.splice(found, 1);
      if (toggle) field.checked = checked;
      else field.value = value;
    }
  }

  function tell(form, entry) {
    const time = new Date(entry.at).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });
    const drop = element("button", { type: "button", className: "button button-small", textContent: "Bỏ nội dung này" });
    const text = element("p", { textContent: `Đã khôi phục nội dung bạn nhập lúc ${time} mà chưa gửi được.` });
    const body = element("div", {}, text, element("p", { className: "button-row" }, drop));
    const notice = element("div", { className: "notice notice-plain", role: "status" }, body);
    drop.addEventListener("click", () => {
      form.reset();
      sessionStorage.removeItem(slot(form));
      notice.remove();
    });
    form.prepend(notice);
  }

  // What the server works out from choices is asked for again, once they are put back.
  function follow(form) {
    const choice = one("[data-follow]:checked, select[data-follow]", form);
    choice?.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function settle() {
    const forms = all("form[data-keep]");
    const arrived = performance.getEntriesByType("navigation")[0]?.type === "navigate";
    const held = Boolean(one("[data-hold]"));
    for (const key of Object.keys(sessionStorage).filter((name) => name.startsWith("keep:"))) {
      const entry = read(key);
      const form = forms.find((candidate) => slot(candidate) === key);
      const refused = form && one("[aria-invalid], .errors", form.parentElement);
      if (held || refused) write(key, { ...entry, sent: false });
      else if (entry.sent && arrived) sessionStorage.removeItem(key);
      else if (form) {
        restore(form, entry);
        tell(form, entry);
        document.addEventListener("DOMContentLoaded", () => follow(form));
      }
    }
  }

  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-keep]");
    if (form) keep(form);
  });

  // A second press while the first is under way is dropped; the button itself stays live, or its value would be lost.

  const PATIENCE = 15000;

  function release(form) {
    delete form.dataset.sending;
    for (const button of all("[aria-disabled=true]", form)) button.removeAttribute("aria-disabled");
    for (const word of all(".sending", form)) word.remove();
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "1";
    if (form.matches("[data-keep]")) keep(form, true);
    if (form.matches("[data-signout]")) sessionStorage.clear();
    event.submitter?.setAttribute("aria-disabled", "true");
    event.submitter?.after(element("span", { className: "sending soft", role: "status", textContent: " Đang gửi…" }));
    setTimeout(release, PATIENCE, form);
  });

  // A reader types the whole code of an identity card into the field of the number: its parts go to their fields.

  function spread(field) {
    const names = field.dataset.card.split(",");
    const parts = field.value.split("|").map((part) => part.trim());
    if (parts.length < names.length) return false;
    for (const [place, name] of names.entries()) {
      const into = name && field.form.elements[name];
      if (into && parts[place]) into.value = parts[place];
    }
    field.dispatchEvent(new Event("input", { bubbles: true }));
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches?.("[data-card]") || !spread(event.target)) return;
    event.preventDefault();
    const after = fields(event.target.form).slice(fields(event.target.form).indexOf(event.target));
    after.find((field) => !field.value && field.offsetParent)?.focus();
  });
  document.addEventListener("change", (event) => event.target.matches?.("[data-card]") && spread(event.target));

  // The rest: coming back, going offline, and opening what a link points into.

  function open() {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const fold = target && target.closest("details");
    if (fold && !fold.open) {
      fold.open = true;
      target.scrollIntoView();
    }
  }

  const line = () => all("[data-offline]").forEach((notice) => (notice.hidden = navigator.onLine));

  // Whoever goes back to a form finds the one that was there, not a new one: sent again it makes nothing twice.
  const requests = all("input[name=request_id]");
  const back = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  if (back && history.state?.requests) {
    for (const [place, id] of history.state.requests.entries()) if (requests[place]) requests[place].value = id;
  } else if (requests.length) {
    history.replaceState({ ...history.state, requests: requests.map((field) => field.value) }, "");
  }

  // Where the reader is stays in sight, in a menu longer than the window and in a row of parts wider than a phone.
  function show(link) {
    const box = link?.closest(".tabs ul, .nav");
    if (!box || !link.offsetParent) return;
    const [frame, place] = [box.getBoundingClientRect(), link.getBoundingClientRect()];
    if (place.bottom > frame.bottom) box.scrollTop += place.bottom - frame.bottom + place.height;
    if (place.right > frame.right - 2 * place.height) box.scrollLeft += place.left - frame.left;
  }

  window.addEventListener("pageshow", (event) => event.persisted && all("form[data-sending]").forEach(release));
  window.addEventListener("hashchange", open);
  window.addEventListener("online", line);
  window.addEventListener("offline", line);

  const choice = one("[data-keys-on]");
  if (choice) {
    choice.checked = keysOn();
    choice.addEventListener("change", () => localStorage.setItem("keys", choice.checked ? "on" : "off"));
  }
  for (const button of all("[data-keys-help]")) {
    button.hidden = false;
    button.addEventListener("click", help);
  }
  for (const button of all("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  for (const button of all("[data-choose-all]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const on = boxes().some((box) => !box.checked);
      for (const box of boxes()) box.checked = on;
      count();
    });
  }
  document.addEventListener("change", (event) => {
    if (!event.target.matches?.("[data-rows] input[name=viec]")) return;
    last = event.target;
    count();
  });
  document.addEventListener("click", (event) => {
    const shut = event.target.closest?.("[data-shut]");
    if (shut) document.getElementById(shut.dataset.shut).replaceChildren();
  });
  count();
  settle();
  line();
  open();
  all(".nav [aria-current], .tabs [aria-current]").forEach(show);
  one("[data-focus]")?.focus();
})();
