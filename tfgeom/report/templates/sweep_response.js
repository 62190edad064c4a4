// A number against one parameter (curves, or the median of what lies near), or against two (a map with contours).
const MOST_CELLS = 40, MOST_CURVES = 150;

function median(values) {
  const sorted = values.slice().sort((one, other) => one - other), middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// Classes of a column: its own values where they are few, else equal steps of its axis; of each the middle.
function classesOf(column, bins) {
  const own = [...new Set(column.cells.filter(cell => cell !== null))].sort((one, other) => one - other);
  if (own.length <= MOST_CELLS) {
    const place = new Map(own.map((cell, index) => [cell, index]));
    return {middles: own, of: cell => place.get(cell), own: true};
  }
  const scale = scaleOf(column);
  return {middles: [...Array(bins).keys()].map(index => scale.from((index + 0.5) / bins)),
    of: cell => Math.min(bins - 1, Math.floor(scale.to(cell) * bins)), own: false};
}

// Curves of a grid: rows that have all other parameters alike, joined; none where that joins nothing.
function curvesOf(x, y) {
  const others = columns.filter(column => column.parameter && column !== x), curves = new Map();
  for (let row = 0; row < count; row++) {
    if (!state.kept[row] || x.cells[row] === null || y.cells[row] === null) continue;
    const key = others.map(column => column.cells[row]).join("|");
    if (!curves.has(key)) curves.set(key, []);
    curves.get(key).push(row);
  }
  const found = [...curves.values()].filter(rows => new Set(rows.map(row => x.cells[row])).size > 2);
  if (found.length > MOST_CURVES || found.reduce((sum, rows) => sum + rows.length, 0) < state.left / 2) return [];
  return found.map(rows => rows.sort((one, other) => x.cells[one] - x.cells[other]));
}

function responses(pane, legend) {
  function paint() {
    const y = columns[Number(at("response").value)], x = columns[Number(at("against").value)];
    const second = Number(at("and").value);
    if (second >= 0 && columns[second] !== x) map(x, columns[second], y); else curves(x, y);
  }

  function curves(x, y) {
    const {pen, px, py, svg} = frame(pane, x, y, `${y.title} against ${x.title}`);
    const lines = curvesOf(x, y), by = columns[Number(at("colour").value)], scale = scaleOf(by);
    drawLegend(legend, by);
    pen.globalAlpha = lines.length ? 0.8 : Math.min(0.8, Math.max(0.2, 20 / Math.sqrt(state.left + 1)));
    for (let row = 0; row < count; row++) {
      if (!state.kept[row] || x.cells[row] === null || y.cells[row] === null) continue;
      pen.fillStyle = by.cells[row] === null ? SOFT : colourAt(scale.to(by.cells[row]));
      pen.beginPath();
      pen.arc(px(x.cells[row]), py(y.cells[row]), 2.2, 0, 7);
      pen.fill();
    }
    for (const rows of lines) {
      pen.strokeStyle = by.cells[rows[0]] === null ? SOFT : colourAt(scale.to(by.cells[rows[rows.length >> 1]]));
      pen.beginPath();
      rows.forEach((row, order) => pen[order ? "lineTo" : "moveTo"](px(x.cells[row]), py(y.cells[row])));
      pen.stroke();
    }
    const bins = Math.min(20, Math.max(4, Math.floor(state.left / 8)));
    const classes = classesOf(x, bins), inside = classes.middles.map(() => []);
    for (let row = 0; row < count; row++)
      if (state.kept[row] && x.cells[row] !== null && y.cells[row] !== null) inside[classes.of(x.cells[row])].push(y.cells[row]);
    const middle = inside.map((values, index) => values.length ? [px(classes.middles[index]), py(median(values))] : null).filter(Boolean);
    if (!lines.length && middle.length > 1) drawn("path", {d: `M${middle.map(one => one.join(" ")).join("L")}`, class: "median"}, svg);
    at("response-said").textContent = lines.length
      ? `${lines.length} curves: along each only ${x.title} changes.`
      : `Each point is a row; the line is the median of the rows ${classes.own ? "at each value" : `in each of ${bins} steps of the axis`}, whatever their other parameters.`;
  }

  function map(x, up, z) {
    const {pen, px, py, svg, left, right, top, bottom} = frame(pane, x, up, `${z.title} over ${x.title} and ${up.title}`, false);
    const bins = Math.min(20, Math.max(4, Math.floor(Math.sqrt(state.left / 4))));
    const [across, high] = [classesOf(x, bins), classesOf(up, bins)], inside = new Map();
    for (let row = 0; row < count; row++) {
      if (!state.kept[row] || [x, up, z].some(column => column.cells[row] === null)) continue;
      const key = across.of(x.cells[row]) * 1000 + high.of(up.cells[row]);
      if (!inside.has(key)) inside.set(key, []);
      inside.get(key).push(z.cells[row]);
    }
    const cells = across.middles.map((_, i) => high.middles.map((_, j) => inside.has(i * 1000 + j) ? median(inside.get(i * 1000 + j)) : null));
    const all = cells.flat().filter(cell => cell !== null);
    const [least, most] = [Math.min(...all), Math.max(...all)];
    const shownColumn = {...z, cells: all, log: z.log && most > 8 * least}, scale = scaleOf(shownColumn);
    const edges = (middles, to, first, last) => middles.map((_, index) => [
      index ? (to(middles[index - 1]) + to(middles[index])) / 2 : first,
      index < middles.length - 1 ? (to(middles[index]) + to(middles[index + 1])) / 2 : last]);
    const [wide, tall] = [edges(across.middles, px, left, right), edges(high.middles, py, bottom, top)];
    pen.globalAlpha = 1;
    cells.forEach((column, i) => column.forEach((cell, j) => {
      if (cell === null) return;
      pen.fillStyle = colourAt(scale.to(cell));
      pen.fillRect(wide[i][0], tall[j][1], wide[i][1] - wide[i][0] + 0.5, tall[j][0] - tall[j][1] + 0.5);
    }));
    const levels = most > least ? ticksOf(least, most, shownColumn.log, 8).filter(one => one > least && one < most) : [];
    const labels = [];
    if (!x.words && !up.words) for (const level of levels) {
      const pieces = contour(cells, across.middles.map(px), high.middles.map(py), level, shownColumn.log);
      drawn("path", {d: pieces.map(one => `M${one[0]}L${one[1]}`).join(""), class: "contour"}, svg);
      const text = number(level, 3), half = 4 * text.length;
      const spot = pieces.map(one => one[0]).find(([left, down]) => left - half > px(across.middles[0]) && left + half < right
        && down > top + 12 && down < bottom - 8
        && labels.every(other => Math.abs(other[0] - left) > half + other[2] || Math.abs(other[1] - down) > 16));
      if (!spot) continue;
      labels.push([...spot, half]);
      drawn("text", {x: spot[0], y: spot[1] + 4, "text-anchor": "middle", class: "halo"}, svg, text);
    }
    if (all.length) drawLegend(legend, shownColumn); else legend.replaceChildren();
    const told = levels.map(one => number(one, 3)).join(", ");
    const filled = [...inside.values()], several = filled.some(one => one.length > 1);
    at("response-said").textContent = !all.length ? "No kept row has these numbers."
      : `${several ? "Median of the rows in each field" : "One row in each field"}${x.words || up.words || !told ? "" : `; lines at ${told}`}. Fields without a row are white.`;
  }
  state.listeners.push(what => { if (what !== "pick") paint(); });
  return {paint};
}

// Pieces of a contour by marching squares, over fields that all have a value; between two it lies in proportion.
function contour(cells, xs, ys, level, isLog) {
  const bend = value => isLog ? Math.log(value) : value, wanted = bend(level), pieces = [];
  for (let i = 0; i + 1 < xs.length; i++) for (let j = 0; j + 1 < ys.length; j++) {
    const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]];
    if (corners.some(([a, b]) => cells[a][b] === null)) continue;
    const crossings = [];
    corners.forEach(([a, b], side) => {
      const [c, d] = corners[(side + 1) % 4], [one, other] = [bend(cells[a][b]), bend(cells[c][d])];
      if ((one < wanted) === (other < wanted)) return;
      const share = (wanted - one) / (other - one);
      crossings.push([xs[a] + share * (xs[c] - xs[a]), ys[b] + share * (ys[d] - ys[b])]);
    });
    for (let n = 0; n + 1 < crossings.length; n += 2) pieces.push([crossings[n], crossings[n + 1]]);
  }
  return pieces;
}
