// The drawing board of processes: bpmn-js, and a panel for what BPMN has no word for. Its form is the page's own.
(() => {
  "use strict";

  const one = (selector) => document.querySelector(selector);
  const form = one("#ve");
  if (!form || !window.BpmnJS) return;

  // Our words in a file, as motcua/catalogue/bpmn writes and reads them.
  const texts = (...names) => names.map((name) => ({ name, isAttr: true, type: "String" }));
  const motcua = {
    name: "motcua",
    uri: "urn:motcua:bpmn:1",
    prefix: "motcua",
    xml: { tagAlias: "lowerCase" },
    types: [
      { name: "Procedure", superClass: ["Element"], properties: texts("code", "name", "decision", "issuer", "unit") },
      { name: "Lane", superClass: ["Element"], properties: texts("role", "unit") },
      { name: "Step", superClass: ["Element"], properties: texts("id", "role", "unit", "hours", "counted") },
      { name: "Node", superClass: ["Element"], properties: texts("id", "kind", "in_front_of") },
    ],
  };

  const [READABLE, TOOLS, MARGIN] = [0.7, 90, 24]; // scale, points of the screen

  const WORDS = {
    "Activate hand tool": "Kéo bản vẽ",
    "Activate lasso tool": "Chọn một vùng",
    "Activate create/remove space tool": "Giãn, thu khoảng trống",
    "Activate global connect tool": "Nối hai phần tử",
    "Create start event": "Thêm nút bắt đầu",
    "Create end event": "Thêm nút kết thúc",
    "Create gateway": "Thêm lựa chọn",
    "Create task": "Thêm bước",
    "Append task": "Thêm bước tiếp theo",
    "Append gateway": "Thêm lựa chọn",
    "Append end event": "Thêm nút kết thúc",
    "Connect to other element": "Nối tới phần tử khác",
    "Connect using sequence/message flow or association": "Nối tới phần tử khác",
    "Change element": "Đổi loại",
    "Delete": "Bỏ",
    "Remove": "Bỏ",
    "Add lane above": "Thêm làn phía trên",
    "Add lane below": "Thêm làn phía dưới",
    "Divide into two lanes": "Chia làm hai làn",
    "Divide into three lanes": "Chia làm ba làn",
    "Exclusive gateway": "Lựa chọn: đi một hướng",
    "Parallel gateway": "Tách nhánh, hợp nhánh",
    "Search": "Tìm",
    "Search in diagram": "Tìm trong bản vẽ",
  };
  const KINDS = {
    Task: "Bước",
    Lane: "Làn",
    SequenceFlow: "Hướng",
    ExclusiveGateway: "Lựa chọn",
    ParallelGateway: "Tách, hợp nhánh",
    StartEvent: "Bắt đầu",
    EndEvent: "Kết thúc",
  };
  const KEPT = {
    palette: ["hand-tool", "lasso-tool", "space-tool", "global-connect-tool", "tool-separator"]
      .concat(["create.start-event", "create.end-event", "create.exclusive-gateway", "create.task"]),
    pad: ["append.end-event", "append.gateway", "append.append-task", "connect", "replace", "delete"]
      .concat(["lane-insert-above", "lane-insert-below", "lane-divide-two", "lane-divide-three"]),
    menu: ["replace-with-exclusive-gateway", "replace-with-parallel-gateway"],
  };
  const only = (kept) => (entries) =>
    Object.fromEntries(Object.entries(entries).filter(([name]) => kept.includes(name)));

  const modeler = new window.BpmnJS({
    container: "#ban-ve",
    moddleExtensions: { motcua },
    additionalModules: [
      { translate: ["value", (text, told = {}) => (WORDS[text] ?? text).replace(/{([^}]+)}/g, (_, key) => told[key] ?? key)] },
    ],
  });
  const [drawn, modeling, moddle, selection, canvas, stack] = [
    "elementRegistry", "modeling", "moddle", "selection", "canvas", "commandStack",
  ].map((name) => modeler.get(name));

  // What a process has no place for is not offered; a file from elsewhere may still hold it, and is told of.
  modeler.get("palette").registerProvider(100, { getPaletteEntries: () => only(KEPT.palette) });
  modeler.get("contextPad").registerProvider(100, { getContextPadEntries: () => only(KEPT.pad) });
  modeler.get("popupMenu").registerProvider("bpmn-replace", 100, {
    getPopupMenuEntries: () => only(KEPT.menu),
    getPopupMenuHeaderEntries: () => () => ({}),
  });

  // What stands beside an element of BPMN.

  const is = (element, ...types) => types.some((type) => element.businessObject?.$instanceOf?.(`bpmn:${type}`));
  const beside = (bo, type) => bo.extensionElements?.values?.find((value) => value.$type === type);
  const lanes = () => drawn.filter((element) => is(element, "Lane"));
  const laneOf = (element) => lanes().find((lane) => lane.businessObject.flowNodeRef?.includes(element.businessObject));

  function say(element, type, told, also = {}) {
    const bo = element.businessObject;
    const others = (bo.extensionElements?.values ?? []).filter((value) => value.$type !== type);
    const old = beside(bo, type);
    const kept = Object.fromEntries(["id", "role", "unit", "hours", "counted"].map((name) => [name, old?.[name]]));
    const given = Object.entries({ ...kept, ...told }).filter(([, value]) => value);
    const values = [...others, moddle.create(type, Object.fromEntries(given))];
    modeling.updateProperties(element, { ...also, extensionElements: moddle.create("bpmn:ExtensionElements", { values }) });
  }

  // The panel.

  const panel = Object.fromEntries(
    ["chon", "ten", "lan", "gio", "khong-tinh", "vai-tro", "don-vi"].map((name) => [name, one(`#p-${name}`)]),
  );
  const about = () => selection.get()[0];
  const role = (code) => [...panel["vai-tro"].options].find((option) => option.value === code)?.text ?? code;
  const unitNames = new Map(
    [...one("#don-vi-co").options].map((option) => [option.value.match(/\(([^()]+)\)$/)?.[1], option.value]),
  );
  const codeOf = (text) => text.match(/\(([^()]+)\)\s*$/)?.[1] ?? text.trim();
  const nameOf = (code) => (unitNames.get(code) ?? code).replace(/ \([^()]+\)$/, "");
  const called = (element) => {
    const kind = Object.keys(KINDS).find((type) => is(element, type));
    const bo = element.businessObject;
    const end = (node) => node.name || KINDS[Object.keys(KINDS).find((type) => node.$instanceOf(`bpmn:${type}`))] || node.id;
    const ends = bo.sourceRef ? `${end(bo.sourceRef)} → ${end(bo.targetRef)}` : "";
    return [KINDS[kind] ?? "Nút", [bo.name, ends].filter(Boolean).join(", ")].filter(Boolean).join(": ");
  };
  const shown = () =>
    drawn.filter((e) => !e.labelTarget && is(e, "FlowNode", "SequenceFlow", "Lane"))
      .sort((a, b) => (is(a, "Task") ? 0 : 1) - (is(b, "Task") ? 0 : 1) || a.x - b.x);

  function options(select, elements, chosen, first) {
    const made = elements.map((element) => new Option(called(element), element.id, false, element === chosen));
    select.replaceChildren(new Option(first, ""), ...made);
  }

  function show() {
    const element = about()?.labelTarget ?? about();
    const kinds = { buoc: "Task", lan: "Lane", huong: "SequenceFlow" };
    options(panel.chon, shown(), element, "Chưa chọn");
    for (const field of document.querySelectorAll("[data-of]")) {
      const wanted = field.dataset.of.split(" ");
      field.hidden = !element || !wanted.some((kind) => (kinds[kind] ? is(element, kinds[kind]) : kind === "moi"));
    }
    if (!element) return;
    const bo = element.businessObject;
    const [step, lane] = [beside(bo, "motcua:Step"), beside(bo, "motcua:Lane")];
    panel.ten.value = bo.name ?? "";
    panel.gio.value = (step?.hours ?? "").replace(".", ",");
    panel["khong-tinh"].checked = step?.counted === "false";
    panel["vai-tro"].value = lane?.role ?? "";
    panel["don-vi"].value = unitNames.get(lane?.unit) ?? lane?.unit ?? "";
    if (is(element, "Task")) options(panel.lan, lanes(), laneOf(element), "Chưa có làn");
  }

  function toLane(element, lane) {
    const middle = (box) => box.y + box.height / 2;
    if (lane) modeling.moveElements([element], { x: 0, y: middle(lane) - middle(element) }, lane.parent);
  }

  const change = {
    chon: () => {
      const element = drawn.get(panel.chon.value);
      selection.select(element ?? null);
      if (element) canvas.scrollToElement(element);
    },
    ten: (element) => modeling.updateProperties(element, { name: panel.ten.value.trim() || undefined }),
    lan: (element) => toLane(element, drawn.get(panel.lan.value)),
    gio: (element) => say(element, "motcua:Step", { hours: panel.gio.value.trim().replace(",", ".") }),
    "khong-tinh": (element) => say(element, "motcua:Step", { counted: panel["khong-tinh"].checked ? "false" : "" }),
    "vai-tro": (element) => settle(element),
    "don-vi": (element) => settle(element),
  };

  function settle(lane) {
    const told = { role: panel["vai-tro"].value, unit: codeOf(panel["don-vi"].value) };
    const name = [told.role ? role(told.role) : "Chưa phân công", told.unit && nameOf(told.unit)].filter(Boolean).join(" – ");
    say(lane, "motcua:Lane", told, { name });
  }

  for (const [name, input] of Object.entries(panel)) {
    input.addEventListener("change", () => {
      const element = about()?.labelTarget ?? about();
      if (element || name === "chon") change[name](element);
      show();
    });
  }
  one("#p-bo").addEventListener("click", () => about() && modeling.removeElements(selection.get().slice()));
  one("#p-lan-moi").addEventListener("click", () => {
    const last = lanes().sort((a, b) => a.y - b.y).pop();
    if (last) selection.select(modeling.addLane(last, "bottom"));
  });
  one("#p-lui").addEventListener("click", () => stack.undo());
  one("#p-tien").addEventListener("click", () => stack.redo());

  // Keeping, checking, saving.

  const slot = `draw:${form.dataset.process}:`;
  const mine = slot + form.elements.nen.value;
  let dirty = form.dataset.kept === "1";

  async function written() {
    // The lane says who does a step; what a step said of itself before would only contradict it.
    for (const lane of lanes()) {
      const told = beside(lane.businessObject, "motcua:Lane");
      if (!told?.role && !told?.unit) continue;
      for (const node of lane.businessObject.flowNodeRef ?? []) {
        const step = beside(node, "motcua:Step");
        step?.set("role", undefined);
        step?.set("unit", undefined);
      }
    }
    return (await modeler.saveXML({ format: true })).xml;
  }

  let waiting;
  async function changed() {
    dirty = true;
    form.elements.xml.value = await written();
    sessionStorage.setItem(mine, form.elements.xml.value);
    clearTimeout(waiting);
    waiting = setTimeout(check, 700);
  }

  async function check() {
    const body = new FormData(form);
    body.set("do", "xem");
    const answer = await fetch(form.action, { method: "POST", body }).catch(() => null);
    // A session that ended answers with the sign-in page; saving will lead there.
    if (answer?.ok && !answer.redirected) one("#kiem-tra").innerHTML = await answer.text();
  }

  form.addEventListener("submit", () => (dirty = false));
  window.addEventListener("beforeunload", (event) => dirty && event.preventDefault());
  modeler.on("selection.changed", show);
  modeler.on("commandStack.changed", () => {
    show();
    changed();
  });

  async function open() {
    const taken = one("#thong-bao .notice-success");
    if (taken) sessionStorage.removeItem(mine);
    const kept = form.dataset.kept === "1" ? null : sessionStorage.getItem(mine);
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(slot) && key !== mine) sessionStorage.removeItem(key);
    try {
      await modeler.importXML(kept ?? form.elements.xml.value);
    } catch (wrong) {
      one("#khong-mo").hidden = false;
      return;
    }
    if (kept && kept !== form.elements.xml.value) {
      form.elements.xml.value = kept;
      dirty = true;
      one("#khoi-phuc").hidden = false;
      check();
    }
    // A long process would shrink beyond reading: then its beginning is shown, right of the tools.
    if (canvas.zoom("fit-viewport") < READABLE) canvas.zoom(READABLE, { x: 0, y: 0 });
    const { inner, scale } = canvas.viewbox();
    canvas.viewbox({ ...canvas.viewbox(), x: inner.x - TOOLS / scale, y: inner.y - MARGIN / scale });
    form.dataset.ready = "1";
    show();
  }

  one("#p-bo-khoi-phuc").addEventListener("click", () => {
    sessionStorage.removeItem(mine);
    dirty = false;
    location.reload();
  });
  open();
})();
