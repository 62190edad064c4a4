// Parallel coordinates: one line a row, coloured by one column; dragging on an axis keeps what crosses there.
function parallelCoordinates(pane, axesShown) {
  const canvas = element("canvas", {"aria-hidden": "true"}, null, pane), heads = element("div", {class: "heads"}, null, pane);
  const svg = drawn("svg", {role: "group", "aria-label": "Parallel coordinates: drag along an axis to filter"}, pane);
  const head = 78, foot = 16, height = 420;
  let places = [], width = 0, drag = null, waiting = false;
  const y = (scale, cell) => height - foot - (height - head - foot) * scale.to(cell);
  const share = pixel => Math.min(1, Math.max(0, (height - foot - pixel) / (height - head - foot)));

  const inside = event => event.clientY - svg.getBoundingClientRect().top;

  function lay() {
    const shownColumns = axesShown(), each = 128;
    width = Math.max(pane.parentElement.clientWidth - 2, each * shownColumns.length);
    const step = width / shownColumns.length;
    places = shownColumns.map((index, order) => ({index, x: step * (order + 0.5), scale: scaleOf(columns[index])}));
    pane.style.width = `${width}px`;
    heads.replaceChildren();
    for (const place of places)
      element("div", {style: `left:${place.x - step / 2}px;width:${step}px`}, columns[place.index].title.replace(/\./g, ".\u200b"), heads);
    paint();
  }

  function lines() {
    const pen = sharp(canvas, width, height), by = columns[Number(at("colour").value)], scale = scaleOf(by);
    pen.lineWidth = 1;
    const path = row => {
      let pens = false;
      pen.beginPath();
      for (const place of places) {
        const cell = columns[place.index].cells[row];
        if (cell === null) { pens = false; continue; }
        if (pens) pen.lineTo(place.x, y(place.scale, cell)); else pen.moveTo(place.x, y(place.scale, cell));
        pens = true;
      }
      pen.stroke();
    };
    pen.strokeStyle = FAINT;
    pen.globalAlpha = 0.5;
    if (state.left < count) {
      const stride = Math.max(1, Math.floor(count / 2000));  // what is left out is a shadow, and need not be whole
      for (let row = 0; row < count; row += stride) if (!state.kept[row]) path(row);
    }
    pen.globalAlpha = Math.min(0.9, Math.max(0.25, 60 / Math.sqrt(state.left + 1) / 10));
    for (let row = 0; row < count; row++) if (state.kept[row]) {
      pen.strokeStyle = by.cells[row] === null ? SOFT : colourAt(scale.to(by.cells[row]));
      path(row);
    }
    if (state.picked >= 0) {
      pen.globalAlpha = 1;
      pen.lineWidth = 3;
      pen.strokeStyle = MARK;
      path(state.picked);
    }
  }

  function axes() {
    svg.replaceChildren();
    svg.setAttribute("width", width);
    svg.setAttribute("height", height);
    const each = width / places.length;
    for (const place of places) {
      const column = columns[place.index], kept = state.filters.get(place.index);
      drawn("line", {x1: place.x, x2: place.x, y1: head, y2: height - foot, stroke: INK}, svg);
      let free = Infinity;
      for (const [cell, text] of place.scale.ticks) {
        const up = y(place.scale, cell);
        drawn("line", {x1: place.x - 4, x2: place.x, y1: up, y2: up, stroke: INK}, svg);
        if (up > free - 15) continue;
        const letters = drawn("text", {x: place.x + 5, y: up + 4, class: "halo"}, svg, fitted(text, Math.floor(((place === places.at(-1) ? each / 2 : each) - 10) / 7.5)));
        drawn("title", {}, letters, text);
        free = up;
      }
      if (kept) {
        const cells = kept instanceof Set ? [...kept] : kept.map((one, which) => Number.isFinite(one) ? one : place.scale.ends[which]);
        const half = kept instanceof Set ? 6 : 0, ends = cells.map(cell => y(place.scale, cell));
        const low = Math.min(height - foot, Math.max(...ends) + half), high = Math.max(head, Math.min(...ends) - half);
        if (cells.length) drawn("rect", {x: place.x - 7, width: 14, y: high, height: Math.max(2, low - high), class: "brush"}, svg);
      }
      const strip = drawn("rect", {x: place.x - 16, width: 32, y: head - 6, height: height - head - foot + 12, class: "strip"}, svg);
      strip.dataset.column = place.index;
      drawn("title", {}, strip, `${column.title}: drag to filter, click to clear`);
      strip.addEventListener("pointerdown", event => {
        drag = {place, from: inside(event)};
        svg.setPointerCapture(event.pointerId);
        event.preventDefault();
      });
    }
  }

  svg.addEventListener("pointermove", event => {
    if (drag) keep(drag.place, drag.from, inside(event));
  });
  svg.addEventListener("pointerup", event => {
    if (drag && Math.abs(inside(event) - drag.from) < 3) filter(drag.place.index, null);
    drag = null;
  });

  function keep(place, from, to) {
    if (Math.abs(to - from) < 3) return;
    const [low, high] = [share(Math.max(from, to)), share(Math.min(from, to))];
    if (columns[place.index].words) {
      const wanted = place.scale.ticks.map(([cell]) => cell)
        .filter(cell => place.scale.to(cell) >= low - 0.02 && place.scale.to(cell) <= high + 0.02);
      filter(place.index, new Set(wanted));
    } else {
      const nudge = 1e-5;  // cells carry five digits
      const ends = [place.scale.from(low), place.scale.from(high)];
      filter(place.index, [ends[0] - nudge * Math.abs(ends[0]), ends[1] + nudge * Math.abs(ends[1])]);
    }
  }

  function paint() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; lines(); axes(); });
  }

  state.listeners.push(paint);
  return {lay, paint};
}
