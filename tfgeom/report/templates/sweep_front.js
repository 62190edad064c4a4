// Two columns against each other, with the rows that no other kept row beats in both.
function frontOf(x, y, better) {
  const order = [];
  for (let row = 0; row < count; row++)
    if (state.kept[row] && x.cells[row] !== null && y.cells[row] !== null) order.push(row);
  const [a, b] = better.map(more => more ? 1 : -1);
  order.sort((one, other) => a * (x.cells[other] - x.cells[one]) || b * (y.cells[other] - y.cells[one]));
  const found = [];
  let best = -Infinity;
  for (const row of order) if (b * y.cells[row] > best) { best = b * y.cells[row]; found.push(row); }
  return found.reverse();
}

function scatter(pane, tip) {
  let drawnNow = null, front = [];

  function paint() {
    const x = columns[Number(at("front-x").value)], y = columns[Number(at("front-y").value)];
    const colour = columns[Number(at("colour").value)], scale = scaleOf(colour);
    const better = ["front-x-better", "front-y-better"].map(id => at(id).value === "more");
    front = frontOf(x, y, better);
    drawnNow = {...frame(pane, x, y, `${y.title} against ${x.title}: ${front.length} rows are on the front`), x, y};
    const {pen, px, py, svg} = drawnNow;
    const dot = (row, radius) => { pen.beginPath(); pen.arc(px(x.cells[row]), py(y.cells[row]), radius, 0, 7); pen.fill(); };
    const size = count > 3000 ? 2 : count > 300 ? 2.6 : 3.6;
    pen.globalAlpha = 0.5;
    pen.fillStyle = FAINT;
    for (let row = 0; row < count; row++) if (!state.kept[row] && x.cells[row] !== null && y.cells[row] !== null) dot(row, size);
    pen.globalAlpha = count > 3000 ? 0.6 : 0.85;
    for (let row = 0; row < count; row++) if (state.kept[row] && x.cells[row] !== null && y.cells[row] !== null) {
      pen.fillStyle = colour.cells[row] === null ? SOFT : colourAt(scale.to(colour.cells[row]));
      dot(row, size);
    }
    const steps = front.map((row, order) => `${order ? "L" : "M"}${px(x.cells[row])} ${py(y.cells[row])}`);
    drawn("path", {d: steps.join(""), class: "front"}, svg);
    for (const row of front) drawn("circle", {cx: px(x.cells[row]), cy: py(y.cells[row]), r: 4, class: "best"}, svg);
    mark();
    const words = better.map(more => more ? "more" : "less");
    at("front-said").textContent = front.length
      ? `${front.length} of ${state.left} kept rows are on the front (${words[0]} ${x.title}; ${words[1]} ${y.title}): no other kept row is better in both.`
      : "No kept row has both numbers.";
  }

  function mark() {
    if (!drawnNow) return;
    drawnNow.svg.querySelectorAll(".pick").forEach(one => one.remove());
    const row = state.picked, {x, y, px, py, svg} = drawnNow;
    if (row >= 0 && x.cells[row] !== null && y.cells[row] !== null)
      drawn("circle", {cx: px(x.cells[row]), cy: py(y.cells[row]), r: 8, class: "pick"}, svg);
  }

  function nearest(event) {
    const box = pane.getBoundingClientRect(), {x, y, px, py} = drawnNow;
    const [left, up] = [event.clientX - box.left, event.clientY - box.top];
    let best = -1, least = 14 ** 2;
    for (let row = 0; row < count; row++) {
      if (!state.kept[row] || x.cells[row] === null || y.cells[row] === null) continue;
      const away = (px(x.cells[row]) - left) ** 2 + (py(y.cells[row]) - up) ** 2;
      if (away < least) { least = away; best = row; }
    }
    return best;
  }

  pane.addEventListener("pointermove", event => {
    const row = drawnNow ? nearest(event) : -1;
    tip.hidden = row < 0;
    if (row < 0) return;
    const {x, y, px, py, width} = drawnNow, told = columns.filter(column => column.parameter || column === x || column === y);
    tip.replaceChildren(element("b", {}, `Row ${page.rows[row] + 1}`));
    for (const column of told.slice(0, 9)) element("div", {}, `${column.title}: ${shown(column, column.cells[row])}`, tip);
    const left = px(x.cells[row]), room = tip.offsetWidth;
    tip.style.left = `${left + 12 + room < width ? left + 12 : Math.max(0, left - 12 - room)}px`;
    tip.style.top = `${Math.max(0, py(y.cells[row]) - tip.offsetHeight / 2)}px`;
  });
  pane.addEventListener("pointerleave", () => { tip.hidden = true; });
  pane.addEventListener("click", event => pick(nearest(event)));
  pane.addEventListener("keydown", event => {
    const step = {ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1}[event.key];
    if (!step || !front.length) return;
    const now = front.indexOf(state.picked);
    pick(front[now < 0 ? 0 : Math.min(front.length - 1, Math.max(0, now + step))]);
    event.preventDefault();
  });
  state.listeners.push(what => (what === "pick" ? mark() : paint()));
  return {paint};
}
