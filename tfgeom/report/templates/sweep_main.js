// The page's controls, and the charts in their panes.
if (count) {
  const first = page.first, numbers = column => !column.words;
  const parameters = columns.map((_, index) => index).filter(index => columns[index].parameter);
  const results = columns.map((_, index) => index).filter(index => !columns[index].parameter && numbers(columns[index]));
  const shownAxes = new Set([...parameters.slice(0, 6), ...first, ...results].slice(0, Math.max(7, Math.min(6, parameters.length) + first.length)));

  options(at("colour"), first[0] ?? 0);
  const [x, y] = [first[0] ?? results[0] ?? 0, first[1] ?? results[1] ?? first[0] ?? 0];
  options(at("front-x"), x, numbers);
  options(at("front-y"), y, numbers);
  const way = id => { at(`${id}-better`).value = columns[Number(at(id).value)].more ? "more" : "less"; };
  way("front-x");
  way("front-y");
  options(at("response"), x, column => numbers(column) && !column.parameter);
  options(at("against"), parameters[0] ?? 0, column => column.parameter);
  options(at("and"), "-1", column => column.parameter, "nothing else");

  const parallel = parallelCoordinates(at("parallel-pane"), () => columns.map((_, index) => index).filter(index => shownAxes.has(index)));
  const points = scatter(at("front-pane"), at("tip")), response = responses(at("response-pane"), at("response-legend"));
  columns.forEach((column, index) => {
    const label = element("label", {class: "tick"}, null, at("axes"));
    const box = element("input", {type: "checkbox"}, null, label);
    box.checked = shownAxes.has(index);
    label.append(` ${column.title}`);
    box.addEventListener("change", () => {
      if (box.checked) shownAxes.add(index); else shownAxes.delete(index);
      if (shownAxes.size < 2) { shownAxes.add(index); box.checked = true; }
      parallel.lay();
    });
  });
  filterTable(at("filter-rows"));

  state.listeners.push(() => {
    at("kept").textContent = `${state.left} of ${count} rows kept`;
    at("clear").disabled = state.filters.size === 0;
  }, details);
  at("clear").addEventListener("click", () => { state.filters.clear(); filter(0, null); });
  const recolour = () => { drawLegend(at("colour-legend"), columns[Number(at("colour").value)]); changed("colour"); };
  at("colour").addEventListener("change", recolour);
  for (const id of ["front-x", "front-y"]) at(id).addEventListener("change", () => { way(id); points.paint(); });
  for (const id of ["front-x-better", "front-y-better"]) at(id).addEventListener("change", points.paint);
  for (const id of ["response", "against", "and"]) at(id).addEventListener("change", response.paint);
  at("unpick").addEventListener("click", () => pick(-1));
  const all = () => { parallel.lay(); points.paint(); response.paint(); };
  let width = window.innerWidth;
  window.addEventListener("resize", () => { if (window.innerWidth !== width) { width = window.innerWidth; all(); } });
  parallel.lay();
  recolour();
}
