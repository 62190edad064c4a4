// Which rows are kept: what is dragged on an axis or typed in the table of filters; everything follows `changed`.
const state = {filters: new Map(), kept: new Uint8Array(count).fill(1), left: count, picked: -1, listeners: []};

function changed(what) {
  for (const listener of state.listeners) listener(what);
}

// Keep rows of a column from low to high, of words those of a set; null keeps all.
function filter(index, kept) {
  if (kept === null) state.filters.delete(index); else state.filters.set(index, kept);
  state.kept.fill(1);
  for (const [one, wanted] of state.filters) {
    const cells = columns[one].cells;
    for (let row = 0; row < count; row++) {
      const cell = cells[row];
      if (cell === null || !(wanted instanceof Set ? wanted.has(cell) : cell >= wanted[0] && cell <= wanted[1]))
        state.kept[row] = 0;
    }
  }
  state.left = state.kept.reduce((sum, one) => sum + one, 0);
  changed("filter");
}

function pick(row) {
  state.picked = row;
  changed("pick");
}

// The same filters as numbers to type and words to tick: for keyboards, readers of screens and exact limits.
function filterTable(body) {
  columns.forEach((column, index) => {
    const row = element("tr", {}, null, body);
    element("th", {scope: "row"}, column.title, row);
    if (column.words) {
      const cell = element("td", {colspan: 2}, null, row), boxes = [];
      column.words.forEach((word, which) => {
        const label = element("label", {class: "tick"}, null, cell);
        const box = element("input", {type: "checkbox", checked: ""}, null, label);
        label.append(` ${word}`);
        boxes.push(box);
        box.addEventListener("change", () => {
          const wanted = new Set(boxes.map((one, place) => one.checked ? place : -1).filter(place => place >= 0));
          filter(index, wanted.size === boxes.length ? null : wanted);
        });
      });
      state.listeners.push(() => {
        const wanted = state.filters.get(index);
        boxes.forEach((box, place) => { box.checked = !wanted || wanted.has(place); });
      });
      return;
    }
    const ends = scaleOf(column).ends;
    const inputs = ["from", "to"].map((word, which) => {
      const cell = element("td", {}, null, row);
      return element("input", {type: "number", step: "any", placeholder: number(ends[which]).replace("−", "-"),
        "aria-label": `${column.title}, ${word}`}, null, cell);
    });
    for (const input of inputs) input.addEventListener("change", () => {
      const typed = inputs.map((one, which) => one.value === "" ? [-Infinity, Infinity][which] : Number(one.value));
      filter(index, typed.every(one => !Number.isFinite(one)) ? null : typed);
    });
    state.listeners.push(() => {
      const wanted = state.filters.get(index) || [-Infinity, Infinity];
      inputs.forEach((input, which) => {
        const value = Number.isFinite(wanted[which]) ? String(Number(wanted[which].toPrecision(5))) : "";
        if (document.activeElement !== input) input.value = value;
      });
    });
  });
}

// What the picked row is: its cells, and what stands in its design file.
function details() {
  const body = at("picked-rows"), row = state.picked;
  body.replaceChildren();
  at("picked").hidden = row < 0;
  if (row < 0) return;
  at("picked-title").textContent = `Row ${page.rows[row] + 1} of the table`;
  for (const column of columns) {
    const line = element("tr", {}, null, body);
    element("th", {scope: "row"}, column.title, line);
    element("td", {class: "n"}, shown(column, column.cells[row]), line);
  }
}
