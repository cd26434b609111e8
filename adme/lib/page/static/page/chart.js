// The interactive line chart: ECharts draws what charts.echarts_option says; pointing, tapping and keys are ours.
// Loaded when a figure is seen or used (page.js). Until then, and without scripts, the server's drawing stands.

const FONT = '"Source Sans 3", "Sans fallback", sans-serif';
let library;

export async function start(figure, tools) {
  const body = figure.querySelector("[data-body]");
  const [option, echarts] = await Promise.all([readOption(figure), load(figure.dataset.echarts)]);
  await document.fonts?.ready;
  const holder = document.createElement("div");
  holder.className = "chart-live";
  holder.setAttribute("aria-hidden", "true");   // the body says what it is; its values are read out by the keys
  const drawing = shownDrawing(body), key = keyOf(drawing);
  const height = (drawing?.getBoundingClientRect().height || 420) - (key ? key.tall : 0);
  holder.style.height = `${Math.round(Math.max(300, height))}px`;
  body.append(holder, ...(key ? [key.drawing] : []));
  const chart = echarts.init(holder, null, { renderer: "svg" });
  const draw = () => chart.setOption(compose(option, holder.clientWidth, holder.clientHeight), { notMerge: true });
  draw();
  for (const drawing of body.querySelectorAll(".figure-wide, .figure-narrow")) drawing.hidden = true;
  listen(body, holder, chart, option, tools);
  new ResizeObserver(() => { chart.resize(); draw(); }).observe(holder);
  document.addEventListener("adme:scheme", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  figure.dataset.drawn = "1";
}

const shownDrawing = (body) => [...body.querySelectorAll("svg")].find((each) => each.getClientRects().length);

// The key under the server's drawing (what hollow, dashed and broken mean) stays under ours.
function keyOf(drawing) {
  const key = drawing?.querySelector("g.key");
  if (!key) return null;
  const box = key.getBBox(), zoom = drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width;
  const made = drawing.cloneNode(false);
  for (const name of ["role", "aria-labelledby", "aria-describedby", "height"]) made.removeAttribute(name);
  made.setAttribute("aria-hidden", "true");
  made.setAttribute("viewBox", `0 ${box.y - 4} ${drawing.viewBox.baseVal.width} ${box.height + 8}`);
  made.append(key.cloneNode(true));
  return { drawing: made, tall: (box.height + 16) * zoom };
}

async function readOption(figure) {
  if (figure.dataset.optionUrl) return (await fetch(figure.dataset.optionUrl)).json();
  return JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
}

async function load(url) {
  if (!library) {
    library = await import(url);
    const { use, LineChart, ScatterChart, GridComponent, MarkLineComponent, LabelLayout, SVGRenderer } = library;
    use([LineChart, ScatterChart, GridComponent, MarkLineComponent, LabelLayout, SVGRenderer]);
  }
  return library;
}

// --- from the plain option to what ECharts wants ------------------------------------------------------

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

function measure(words, size, weight = 400) {
  measure.context ??= document.createElement("canvas").getContext("2d");
  measure.context.font = `${weight} ${size}px ${FONT}`;
  return measure.context.measureText(words).width;
}

function compose(option, width, height) {
  const narrow = width < 480;
  const zoom = Math.min(1.25, Math.max(1, width / (narrow ? 340 : 720)));   // as large as the server's drawing is here
  const size = { tick: 13 * zoom, name: (narrow ? 13 : 14) * zoom, grey: 13 * zoom, row: 16 * zoom };
  const labels = option.yAxis.labels;
  const left = Math.max(...Object.values(labels).map((words) => measure(words, size.tick))) + 20 * zoom;
  const named = option.series.filter((each) => each.type === "scatter" && !(narrow && each.role === "context"));
  const wide = ({ name, value }) => narrow ? [name, value] : [`${name} ${value}`];   // on a phone the value has its own row
  const widest = Math.max(20, ...named.flatMap((each) => wide(endWords(each, narrow))).map((words) => measure(words, size.name, 600)));
  const right = Math.min(width * .42, widest + 14) + 10;
  const span = option.xAxis.max - option.xAxis.min || 2;
  const room = width - left - right;
  const step = [1, 2, 5, 10, 20, 50].find((each) => (span / each) * 64 * zoom <= room) ?? 100;
  const shown = years(option.xAxis, step, room, span);
  const frame = { narrow, width, height, left, right, top: 30 * zoom, bottom: 30 * zoom, size };
  const places = placeNames(option, frame);
  const quiet = { color: token("quiet"), fontSize: size.tick };
  return {
    animation: false,
    textStyle: { fontFamily: FONT },
    grid: { left, right, top: frame.top, bottom: frame.bottom, outerBoundsMode: "none" },
    xAxis: {
      type: "value", min: option.xAxis.min, max: option.xAxis.max, splitLine: { show: false },
      axisLine: { show: true, onZero: false, lineStyle: { color: token("quiet") } },
      axisTick: { show: true, length: 5, lineStyle: { color: token("quiet") }, customValues: shown },
      axisLabel: { ...quiet, margin: 9 * zoom, formatter: (value) => String(value), customValues: shown, hideOverlap: false },
    },
    yAxis: {
      type: "value", min: option.yAxis.min, max: option.yAxis.max, interval: option.yAxis.interval,
      name: option.yAxis.name, nameLocation: "end", nameGap: 16 * zoom, nameTextStyle: { ...quiet, align: "left", padding: [0, 0, 0, -left] },
      axisLine: { show: false }, axisTick: { show: false }, splitLine: { lineStyle: { color: token("line") } },
      axisLabel: { ...quiet, margin: 16 * zoom, formatter: (value) => labels[String(Number(value.toPrecision(9)))] ?? "" },
    },
    series: [
      ...option.series.map((each, index) => oneSeries(each, option, frame, places, index === 0)),
      breaks(option),
    ],
  };
}

// Names at the ends: as the server places them (chart_labels.py). The chosen and the region are moved as little as
// needed so that none touch; grey ones get a name where room is left.
function placeNames(option, { narrow, height, top, bottom, size }) {
  const { min, max } = option.yAxis;
  const at = (each) => top + ((max - each.data.at(-1).value[1]) / (max - min)) * (height - top - bottom);
  const ends = option.series.filter((each) => each.type === "scatter" && !each.ends_early_by_far);
  const first = ends.filter((each) => each.role !== "context").map((each) => ({ id: each.id, y: at(each) })).sort((a, b) => a.y - b.y);
  const tall = narrow ? 2 * size.row : size.row;   // a name and its value
  const blocks = [];
  for (const name of first) {
    blocks.push({ names: [name] });
    settle(blocks, tall, top - 4, height - bottom + 8);
  }
  const places = new Map();
  for (const { start, names } of blocks) names.forEach((name, index) => places.set(name.id, start + (index + .5) * tall));
  if (narrow) return places;
  const grey = ends.filter((each) => each.role === "context").map((each) => ({ id: each.id, y: at(each) })).sort((a, b) => a.y - b.y);
  for (const name of grey) {
    const free = [0, -4, 4, -8, 8].map((shift) => name.y + shift).find((y) => [...places.values()].every((other) => Math.abs(other - y) >= size.row - 1));
    if (free !== undefined) places.set(name.id, free);
  }
  return places;
}

function settle(blocks, row, top, bottom) {
  for (;;) {
    const block = blocks.at(-1), tall = block.names.length * row;
    const wish = block.names.reduce((sum, name, index) => sum + name.y - (index + .5) * row, 0) / block.names.length;
    block.start = Math.max(top, Math.min(wish, bottom - tall));
    const before = blocks.at(-2);
    if (!before || before.start + before.names.length * row <= block.start) return;
    blocks.splice(-2, 2, { names: [...before.names, ...block.names] });
  }
}

function years({ min, max }, step, room, span) {
  const first = Math.ceil(min - 1e-9), final = Math.floor(max + 1e-9);
  const found = [];
  for (let year = first; year <= final; year += 1) if (year % step === 0) found.push(year);
  for (const end of [first, final]) if (found.every((year) => (Math.abs(end - year) / span) * room >= 34)) found.push(end);
  return found.sort((a, b) => a - b);
}

const colourOf = ({ role, slot }) => slot ? token(`s${slot}`) : token(role === "region" ? "ink" : "context");
const labelColourOf = ({ role, slot }) => slot ? token(`s${slot}-text`) : token(role === "region" ? "ink" : "quiet");

function endWords(series, narrow) {
  const name = narrow ? series.short : series.name;
  const latest = series.data.at(-1).adme;
  if (series.role === "context") return { name, value: "" };
  return { name, value: `${latest.shown}${series.ends_early ? ` (${latest.period})` : ""}` };
}

function oneSeries(series, option, frame, places, first) {
  const colour = colourOf(series), level = { context: 2, region: 3, chosen: 4 }[series.role];
  const targets = first ? references(option, frame) : {};
  if (series.type === "line") {
    return {
      ...targets, type: "line", z: level, data: series.data, showSymbol: false, silent: true, connectNulls: false, clip: false,
      lineStyle: { color: colour, width: series.width, type: series.dashed ? [5, 3] : "solid", join: "round" },
      emphasis: { lineStyle: { color: series.role === "context" ? token("ink") : colour, width: Math.max(1.8, series.width) } },
    };
  }
  const final = series.data.length - 1;
  const visible = (datum, index) => datum.alone || (series.role !== "context" && (index === final || (datum.soft && final < 15)));
  return {
    ...targets, type: "scatter", z: level + 1, cursor: "default", clip: false,
    data: series.data.map((datum, index) => ({
      value: datum.value,
      symbolSize: series.role === "context" ? 4 : 7,
      itemStyle: { color: datum.soft ? token("paper") : colour, borderColor: colour, borderWidth: datum.soft ? 1.5 : 0, opacity: visible(datum, index) ? 1 : 0 },
      emphasis: { scale: 1.6, itemStyle: { color: colour, opacity: 1 } },
      label: index === final ? endLabel(series, frame, places) : { show: false },
    })),
    ...labelPlace(series, option, frame, places),
  };
}

// Beside the end of its line; a thin line leads there when the name had to move.
function labelPlace(series, option, { width, height, left, right, top, bottom }, places) {
  const y = places.get(series.id), { xAxis, yAxis } = option;
  if (series.ends_early_by_far || y === undefined) return { labelLine: { show: false } };
  const [when, value] = series.data.at(-1).value;
  const missed = ((xAxis.max - when) / (xAxis.max - xAxis.min || 1)) * (width - left - right);
  const moved = Math.abs(y - top - ((yAxis.max - value) / (yAxis.max - yAxis.min)) * (height - top - bottom));
  return {
    labelLine: { show: moved > 6 || missed > 10, lineStyle: { color: colourOf(series), width: .8 } },
    labelLayout: { x: width - right + 14, y, align: "left", verticalAlign: "middle" },
  };
}

// Two strokes where a series breaks.
function breaks(option) {
  return {
    type: "scatter", silent: true, data: option.breaks, symbol: "path://M0,12L4,0L5,0L1,12ZM5,12L9,0L10,0L6,12Z", symbolSize: [10, 12],
    itemStyle: { color: token("quiet") }, z: 6,
  };
}

function endLabel(series, { narrow, size }, places) {
  const { name, value } = endWords(series, narrow);
  const context = series.role === "context";
  const shown = series.ends_early_by_far ? !context : places.has(series.id);
  const style = { opacity: 1, lineHeight: size.row, color: labelColourOf(series), fontFamily: FONT, fontSize: context ? size.grey : size.name };
  const rich = { n: { ...style, fontWeight: context ? 400 : 600 }, v: style };
  return {
    show: shown, opacity: 1, position: series.ends_early_by_far ? "top" : "right", distance: 8, rich,
    formatter: value ? `{n|${name}}${narrow ? "\n" : ""}{v|${narrow ? "" : " "}${value}}` : `{n|${name}}`,
    textBorderColor: token("paper"), textBorderWidth: series.ends_early_by_far ? 4 : 0,
  };
}

function references(option, { size }) {
  if (!option.references.length) return {};
  const label = { show: true, position: "insideStartTop", color: token("ink"), fontWeight: 600, fontFamily: FONT, fontSize: size.tick, textBorderColor: token("paper"), textBorderWidth: 4 };
  const data = option.references.map(({ value, label: words, kind }) => ({
    yAxis: value, lineStyle: { color: token("ink"), width: 1.2, type: kind === "baseline" ? [2, 3] : [8, 4] }, label: { ...label, formatter: words },
  }));
  return { markLine: { silent: true, symbol: "none", data } };
}

// --- pointing, tapping, keys -----------------------------------------------------------------------------

function listen(body, holder, chart, option, { Tip, say, spoken }) {
  const tip = new Tip(body);
  const order = { chosen: 0, region: 1, context: 2 };
  const all = option.series.map((series, index) => ({ ...series, index })).filter((series) => series.type === "scatter");
  const lines = [...all].sort((a, b) => order[a.role] - order[b.role]);
  let at = null;

  const place = (series, index) => chart.convertToPixel({ seriesIndex: series.index }, series.data[index].value);
  const dim = () => option.series.forEach((_, order) => chart.dispatchAction({ type: "downplay", seriesIndex: order }));
  const show = (series, index, aloud) => {
    if (at && at.series === series && at.index === index && !aloud) return;
    at = { series, index };
    dim();
    option.series.forEach((each, order) => { if (each.id === series.id && each.type === "line") chart.dispatchAction({ type: "highlight", seriesIndex: order }); });
    chart.dispatchAction({ type: "highlight", seriesIndex: series.index, dataIndex: index });
    const [x, y] = place(series, index), facts = { label: series.name, ...series.data[index].adme };
    tip.show(facts, x + holder.offsetLeft, y + holder.offsetTop);
    if (aloud) say(spoken(facts));
  };
  const leave = () => { at = null; dim(); tip.hide(); };
  const nearest = (x, y) => {
    let best = null;
    for (const series of lines) {
      series.data.forEach((_, index) => {
        const [px, py] = place(series, index);
        const far = Math.hypot((px - x) * 1.4, py - y);
        if (!best || far < best.far) best = { series, index, far };
      });
    }
    return best && best.far < 48 ? best : null;
  };
  const point = (event) => {
    const frame = holder.getBoundingClientRect();
    const found = nearest(event.clientX - frame.left, event.clientY - frame.top);
    if (found) show(found.series, found.index, event.type === "click");
    else leave();
  };
  holder.addEventListener("pointermove", point);
  holder.addEventListener("click", point);
  holder.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") leave(); });
  body.addEventListener("focusout", leave);
  body.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return leave();
    const next = move(event.key, at, lines);
    if (!next) return;
    event.preventDefault();
    show(next.series, next.index, true);
  });
}

// Left and right along a line, up and down to the next line at about the same time.
function move(key, at, lines) {
  if (!["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"].includes(key) || !lines.length) return null;
  if (!at) return { series: lines[0], index: lines[0].data.length - 1 };
  const { series, index } = at, final = series.data.length - 1;
  if (key === "Home") return { series, index: 0 };
  if (key === "End") return { series, index: final };
  if (key === "ArrowLeft") return { series, index: Math.max(0, index - 1) };
  if (key === "ArrowRight") return { series, index: Math.min(final, index + 1) };
  const other = lines[(lines.indexOf(series) + (key === "ArrowDown" ? 1 : -1) + lines.length) % lines.length];
  const when = series.data[index].value[0];
  const gap = (datum) => Math.abs(datum.value[0] - when);
  return { series: other, index: other.data.reduce((best, datum, i) => gap(datum) < gap(other.data[best]) ? i : best, 0) };
}
