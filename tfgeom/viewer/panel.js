"use strict";
// Loads k3d and the bodies of the page, and lets the panel show, hide, move and colour them.
(async function () {
  const element = (id) => document.getElementById(id);
  const stored = (id) => element(id).textContent.trim();
  const scene = JSON.parse(stored("scene"));
  const shown = {
    hidden: new Set(),
    cut: true,
    explode: 0,
    field: null,
  };
  let k3d = null;
  let whole = null; // where the camera stands to see everything

  function bytes(text) {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  }

  async function unpacked(packed) {
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Blob([await new Response(stream).arrayBuffer()], { type: "text/javascript" });
  }

  // k3d comes as one AMD module and logs every object that it loads.
  async function renderer() {
    let library = null;
    console.log = () => {};
    window.define = (name, needs, make) => { library = make(); };
    window.define.amd = true;
    const script = document.createElement("script");
    script.src = URL.createObjectURL(await unpacked(bytes(stored("renderer"))));
    await new Promise((done, failed) => {
      script.onload = done;
      script.onerror = () => failed(new Error("its renderer did not load"));
      document.head.append(script);
    });
    return library;
  }

  // The object that stands for a body now: with a field the cut body on the nodes of the solve.
  function current(body) {
    if (shown.field !== null && body.levels[shown.field] !== undefined) return "solved";
    return shown.cut ? "cut" : "whole";
  }

  function place() {
    scene.bodies.forEach((body, index) => {
      for (const [key, id] of Object.entries(body.ids)) {
        const object = k3d.getObjectById(id);
        object.visible = key === current(body) && !shown.hidden.has(index);
        object.position.z = index * shown.explode * scene.height;
      }
    });
    k3d.render();
  }

  async function colour() {
    const field = scene.fields.find((known) => known.name === shown.field);
    if (field !== undefined) {
      await Promise.all(scene.bodies.filter((body) => body.levels[field.name] !== undefined).map((body) => {
        const json = k3d.getWorld().ObjectsListJson[body.ids.solved];
        const shares = Float32Array.from(bytes(body.levels[field.name]), (level) => level / scene.levels);
        const attribute = { data: shares, shape: [shares.length] };
        json.attribute = attribute;
        return k3d.reload(json, { attribute });
      }));
      element("bar-title").textContent = field.title;
      element("bar-note").textContent = field.note;
      const ticks = field.ticks.map((text) => {
        const tick = document.createElement("b");
        tick.style.fontWeight = "400";
        tick.textContent = text;
        return tick;
      });
      element("ticks").replaceChildren(...ticks);
    }
    element("bar").hidden = field === undefined;
    k3d.resizeHelper();
    place();
  }

  // Everything in the picture, pulled apart or not.
  function look() {
    const [low, high] = scene.bounds.map((corner) => corner.slice());
    high[2] += (scene.bodies.length - 1) * shown.explode * scene.height;
    const centre = low.map((value, axis) => (value + high[axis]) / 2);
    const eye = unit(scene.from);
    const right = unit([-eye[1], eye[0], 0]);
    const up = cross(eye, right);
    const box = element("picture");
    const aspect = box.clientWidth / Math.max(1, box.clientHeight);
    const half = Math.max(span(up, low, high), span(right, low, high) / aspect) / 2;
    const depth = span(eye, low, high) / 2;
    aim(centre, 1.08 * half, depth);
    whole = k3d.getWorld().camera.position.toArray();
  }

  // Everything again, unless somebody has turned, zoomed or looked at one place since.
  function follow() {
    const present = k3d.getWorld().camera.position.toArray();
    const moved = Math.hypot(...present.map((value, axis) => value - whole[axis]));
    if (moved < 1e-3 * Math.hypot(...whole)) look();
  }

  // Seen from the front, a little from the right and from above; half the height of the picture at `centre`.
  function aim(centre, half, before) {
    const eye = unit(scene.from);
    const distance = before + half / Math.tan((scene.angle / 2) * (Math.PI / 180));
    k3d.setCamera([...centre.map((value, axis) => value + distance * eye[axis]), ...centre, 0, 0, 1]);
    k3d.render();
  }

  function unit(vector) {
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  }

  function cross(a, b) {
    return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
  }

  // Length of a box along a direction.
  function span(direction, low, high) {
    return direction.reduce((sum, value, axis) => sum + Math.abs(value) * (high[axis] - low[axis]), 0);
  }

  function input(kind, label, id) {
    const field = document.createElement("input");
    field.type = kind;
    field.id = id;
    const line = document.createElement("label");
    line.append(field);
    const words = document.createElement("span");
    words.textContent = label;
    line.append(words);
    return [line, field];
  }

  function button(id, words, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.id = id;
    made.textContent = words;
    made.addEventListener("click", act);
    return made;
  }

  function group(title, ...lines) {
    const set = document.createElement("fieldset");
    if (title) {
      const legend = document.createElement("legend");
      legend.textContent = title;
      set.append(legend);
    }
    set.append(...lines);
    return set;
  }

  function switches() {
    return scene.bodies.map((body, index) => {
      const [line, box] = input("checkbox", body.title, "body-" + index);
      const swatch = document.createElement("span");
      swatch.className = "swatch";
      swatch.style.background = body.colour;
      box.after(swatch);
      box.checked = true;
      box.addEventListener("change", () => {
        if (box.checked) shown.hidden.delete(index);
        else shown.hidden.add(index);
        place();
      });
      return line;
    });
  }

  function fieldChoice(cut) {
    const choice = document.createElement("select");
    choice.id = "field";
    for (const name of [null, ...scene.fields.map((field) => field.name)]) {
      const option = document.createElement("option");
      option.textContent = name === null ? "material" : name;
      choice.append(option);
    }
    choice.addEventListener("change", () => {
      shown.field = choice.selectedIndex === 0 ? null : scene.fields[choice.selectedIndex - 1].name;
      // fields are there on the cut cell only
      cut.disabled = shown.field !== null;
      shown.cut = cut.disabled || cut.checked;
      colour();
    });
    const line = document.createElement("label");
    line.className = "stacked";
    line.append("Colour by ", choice);
    return line;
  }

  function panel() {
    const [cutLine, cut] = input("checkbox", "Cut through the axes", "cut");
    cut.checked = true;
    cut.addEventListener("change", () => { shown.cut = cut.checked; place(); });
    const [explodeLine, explode] = input("range", "", "explode");
    Object.assign(explode, { min: "0", max: "1", step: "0.05", value: "0" });
    explodeLine.className = "stacked";
    explodeLine.prepend("Pull apart");
    explode.addEventListener("input", () => { shown.explode = Number(explode.value); place(); follow(); });
    const buttons = [button("reset", "Reset camera", look)];
    const words = { rim: "Look at a rim", foot: "Look at a foot" };
    for (const [name, place] of Object.entries(scene.places)) {
      buttons.push(button(name, words[name], () => aim(place.focus, place.half, 0)));
    }
    const more = [];
    if (scene.hasWhole) more.push(cutLine);
    if (scene.fields.length) more.push(fieldChoice(cut));
    element("panel").append(group("Bodies", ...switches()), group("View", ...more, explodeLine, ...buttons));
    element("panel").addEventListener("submit", (event) => event.preventDefault());
    element("ramp").style.background = "linear-gradient(to right, " + scene.ramp.join(", ") + ")";
  }

  try {
    if (document.createElement("canvas").getContext("webgl2") === null) {
      element("message").textContent = "This browser shows no 3D: it has no WebGL 2.";
      return;
    }
    const library = await renderer();
    k3d = await library.CreateK3DAndLoadBinarySnapshot(bytes(stored("objects")), element("picture"));
    for (const body of scene.bodies) {
      if (body.ids.solved !== undefined) k3d.getObjectById(body.ids.solved).material.wireframe = false;
    }
    panel();
    place();
    look();
    element("message").hidden = true;
    document.body.dataset.ready = "yes";
    new ResizeObserver(() => k3d.resizeHelper()).observe(element("picture"));
  } catch (error) {
    element("message").textContent = "The 3D view failed: " + error.message;
    console.error(error);
  }
})();
