// What all charts of the page share: scales, ticks, numbers as people read them, a frame with axes.
const SVG = "http://www.w3.org/2000/svg";
const INK = "#1a1a1a", SOFT = "#555", LINE = "#dcdcdc", FAINT = "#d3d6d9", ACCENT = "#0072b2", MARK = "#d55e00";
// matplotlib's viridis, which greys and colour-blind readers keep in order
const RAMP = [[68, 1, 84], [71, 45, 123], [59, 82, 139], [44, 114, 142], [33, 145, 140], [40, 174, 128],
  [94, 201, 98], [173, 220, 48], [253, 231, 37]];

const page = JSON.parse(document.getElementById("sweep-points").textContent);
const columns = page.columns, count = page.rows.length;
const at = id => document.getElementById(id);

function element(name, attributes = {}, text = null, parent = null) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== null) made.textContent = text;
  if (parent) parent.append(made);
  return made;
}

function drawn(name, attributes, parent, text = null) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== null) made.textContent = text;
  parent.append(made);
  return made;
}

function number(value, digits = 4) {
  if (value === null || value === undefined) return "–";
  if (value === 0) return "0";
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e"), power = Number(exponent);
  const trimmed = text => text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  const high = text => text.replace(/./g, digit => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(digit)]);
  const shown = power >= -3 && power < 6
    ? trimmed(Number(value.toPrecision(digits)).toFixed(Math.max(0, digits - 1 - power)))
    : `${trimmed(mantissa)}×10${high(String(power))}`;
  return shown.replace(/-/g, "−");
}

function shown(column, cell) {
  return cell === null ? "–" : column.words ? column.words[cell] : number(cell);
}

// A scale takes a cell to 0..1 of its axis and back.
function scaleOf(column) {
  if (column.words) {
    const size = column.words.length;
    return {ends: [0, size - 1], to: cell => (cell + 0.5) / size, from: share => share * size - 0.5,
      ticks: column.words.map((word, index) => [index, word])};
  }
  let low = Infinity, high = -Infinity;
  for (const cell of column.cells) if (cell !== null) { low = Math.min(low, cell); high = Math.max(high, cell); }
  const bend = column.log ? Math.log : value => value, back = column.log ? Math.exp : value => value;
  const [first, last] = [bend(low), bend(high)], span = last - first || 1;
  return {ends: [low, high], to: cell => (bend(cell) - first) / span, from: share => back(first + share * span),
    ticks: ticksOf(low, high, column.log).map(value => [value, number(value, 3)])};
}

function ticksOf(low, high, isLog, wanted = 4) {
  const found = [];
  if (isLog && high / low > 8) {
    const few = Math.log10(high / low) > 3;
    for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++)
      for (const digit of few ? [1] : [1, 2, 5]) {
        const value = digit * 10 ** power;
        if (value >= low * 0.999999 && value <= high * 1.000001) found.push(Number(value.toPrecision(3)));
      }
    return found;
  }
  const rough = (high - low) / wanted || 1, ten = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map(digit => digit * ten).find(one => one >= rough * 0.8);
  for (let value = Math.ceil(low / step - 1e-9) * step; value <= high + 1e-9 * step; value += step)
    found.push(Number(value.toPrecision(6)));
  return found;
}

function colourAt(share) {
  const place = Math.min(1, Math.max(0, share)) * (RAMP.length - 1), index = Math.min(RAMP.length - 2, Math.floor(place));
  const mixed = RAMP[index].map((one, channel) => Math.round(one + (RAMP[index + 1][channel] - one) * (place - index)));
  return `rgb(${mixed.join(",")})`;
}

function sharp(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return pen;
}

function options(select, chosen, fits = () => true, none = "") {
  if (none) element("option", {value: "-1"}, none, select);
  columns.forEach((column, index) => {
    if (fits(column)) element("option", {value: index}, column.title, select);
  });
  select.value = chosen;
}

// Of words on an axis as many letters as there is room for; the whole is its title.
function fitted(text, letters) {
  return text.length <= letters ? text : `${text.slice(0, Math.max(1, letters - 1))}…`;
}

// Axes of two columns in a pane: where things stand, and the pen that draws below the axes.
function frame(pane, x, y, label, grid = true) {
  const width = Math.max(300, pane.clientWidth), height = Math.round(Math.min(460, Math.max(300, 0.55 * width)));
  const left = y.words ? 110 : 66, right = 18, top = 14, [across, up] = [scaleOf(x), scaleOf(y)];
  const slot = x.words ? Math.floor((width - left - right) / x.words.length / 8) : 99;
  const turned = x.words && x.words.some(word => word.length > slot);  // words that do not fit beside each other lean
  const bottom = turned ? 112 : 52, inner = [width - left - right, height - top - bottom];
  let canvas = pane.querySelector("canvas"), svg = pane.querySelector("svg");
  if (!canvas) {
    canvas = element("canvas", {"aria-hidden": "true"}, null, pane);
    svg = drawn("svg", {role: "img"}, pane);
  }
  const pen = sharp(canvas, width, height);
  svg.replaceChildren();
  for (const [key, value] of Object.entries({width, height, viewBox: `0 0 ${width} ${height}`, "aria-label": label}))
    svg.setAttribute(key, value);
  const inset = 0.03;  // points at the ends stay whole
  const px = cell => left + inner[0] * (inset + (1 - 2 * inset) * across.to(cell));
  const py = cell => top + inner[1] * (1 - inset - (1 - 2 * inset) * up.to(cell));
  let free = -Infinity;
  for (const [cell, text] of across.ticks) {
    const place = px(cell), half = turned ? 7 : 3.6 * text.length + 4;
    drawn("line", {x1: place, x2: place, y1: grid ? top : height - bottom + 4, y2: height - bottom, stroke: grid ? LINE : INK}, svg);
    if (place - half < free || (!turned && place + half > width)) continue;
    const spot = turned ? {transform: `translate(${place + 4} ${height - bottom + 14}) rotate(-35)`, "text-anchor": "end"}
      : {x: place, y: height - bottom + 17, "text-anchor": "middle"};
    const room = turned ? Math.min(16, Math.floor(place / 6.2)) : 99;
    drawn("title", {}, drawn("text", spot, svg, fitted(text, room)), text);
    free = place + half;
  }
  free = Infinity;
  for (const [cell, text] of up.ticks) {
    drawn("line", {x1: left, x2: grid ? width - right : left - 4, y1: py(cell), y2: py(cell), stroke: grid ? LINE : INK}, svg);
    if (py(cell) > free - 15) continue;
    drawn("title", {}, drawn("text", {x: left - 6, y: py(cell) + 4, "text-anchor": "end"}, svg, fitted(text, 14)), text);
    free = py(cell);
  }
  drawn("path", {d: `M${left} ${top}V${height - bottom}H${width - right}`, fill: "none", stroke: INK}, svg);
  const letters = size => Math.floor(size / 7.2);
  drawn("text", {x: left + inner[0] / 2, y: height - 12, "text-anchor": "middle", class: "name"}, svg, fitted(x.title, letters(inner[0])));
  drawn("text", {transform: `translate(15 ${top + inner[1] / 2}) rotate(-90)`, "text-anchor": "middle", class: "name"}, svg,
    fitted(y.title, letters(inner[1])));
  return {pen, svg, px, py, width, height, left, top, right: width - right, bottom: height - bottom, across, up};
}

// The bar that says which colour is which number.
function drawLegend(pane, column) {
  pane.replaceChildren();
  const scale = scaleOf(column);
  if (column.words) {
    for (const [index, word] of scale.ticks) {
      const one = element("span", {}, null, pane);
      element("i", {style: `background:${colourAt(scale.to(index))}`}, null, one);
      one.append(word);
    }
    return;
  }
  element("span", {}, `${column.title}:`, pane);
  element("span", {}, number(scale.ends[0], 3), pane);
  element("i", {class: "bar", style: `background:linear-gradient(90deg,${RAMP.map(one => `rgb(${one})`)})`}, null, pane);
  element("span", {}, `${number(scale.ends[1], 3)}${column.log ? " (logarithmic)" : ""}`, pane);
}
