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
  const height = shownDrawing(body)?.getBoundingClientRect().height || 420;
  holder.style.height = `${Math.round(Math.max(300, height))}px`;
  body.append(holder);
  const chart = echarts.init(holder, null, { renderer: "svg" });
  const draw = () => chart.setOption(compose(option, holder.clientWidth), { notMerge: true });
  draw();
  for (const drawing of body.querySelectorAll(".figure-wide, .figure-narrow")) drawing.hidden = true;
  listen(body, holder, chart, option, tools);
  new ResizeObserver(() => { chart.resize(); draw(); }).observe(holder);
  document.addEventListener("adme:scheme", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  figure.dataset.drawn = "1";
}

const shownDrawing = (body) => [...body.querySelectorAll("svg")].find((each) => each.getClientRects().length);

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

function compose(option, width) {
  const narrow = width < 480;
  const labels = option.yAxis.labels;
  const left = Math.max(...Object.values(labels).map((words) => measure(words, 13))) + 12;
  const named = option.series.filter((each) => each.type === "scatter" && !(narrow && each.role === "context"));
  const right = Math.min(width * .42, Math.max(...named.map((each) => measure(endWords(each, narrow), 14, 600)), 20) + 22);
  const span = option.xAxis.max - option.xAxis.min || 2;
  const room = width - left - right;
  const step = [1, 2, 5, 10, 20, 50].find((size) => (span / size) * 64 <= room) ?? 100;
  return {
    animation: false,
    textStyle: { fontFamily: FONT, fontSize: 13 },
    grid: { left: left + 8, right: right + 10, top: 30, bottom: 30, outerBoundsMode: "none" },
    xAxis: {
      type: "value", min: option.xAxis.min, max: option.xAxis.max, interval: step,
      axisLine: { lineStyle: { color: token("quiet") }, onZero: false }, splitLine: { show: false },
      axisTick: { lineStyle: { color: token("quiet") } },
      axisLabel: { color: token("quiet"), fontSize: 13, formatter: (value) => Number.isInteger(value) ? String(value) : "", customValues: years(option.xAxis, step, room, span) },
    },
    yAxis: {
      type: "value", min: option.yAxis.min, max: option.yAxis.max, interval: option.yAxis.interval,
      name: option.yAxis.name, nameLocation: "end", nameGap: 14, nameTextStyle: { color: token("quiet"), fontSize: 13, align: "left", padding: [0, 0, 0, -left - 8] },
      axisLine: { show: false }, axisTick: { show: false }, splitLine: { lineStyle: { color: token("line") } },
      axisLabel: { color: token("quiet"), fontSize: 13, formatter: (value) => labels[String(Number(value.toPrecision(9)))] ?? "" },
    },
    series: [...option.series.map((each, index) => oneSeries(each, option, { narrow, width, right, first: index === 0 })), breaks(option)],
  };
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
  return narrow || series.role === "context" ? name : `${name} ${latest.shown}${series.ends_early ? ` (${latest.period})` : ""}`;
}

function oneSeries(series, option, { narrow, width, right, first }) {
  const colour = colourOf(series), level = { context: 2, region: 3, chosen: 4 }[series.role];
  const shared = { z: level, cursor: "default", emphasis: { disabled: series.type === "scatter" ? false : true } };
  if (series.type === "line") {
    return {
      ...shared, type: "line", data: series.data, showSymbol: false, silent: true, connectNulls: false,
      lineStyle: { color: colour, width: series.width, type: series.dashed ? [5, 3] : "solid", join: "round" },
      itemStyle: { color: colour }, ...(first ? references(option) : {}),
    };
  }
  const visible = (datum, index) => datum.alone || (series.role !== "context" && (index === series.data.length - 1 || (datum.soft && series.data.length <= 15)));
  return {
    ...shared, type: "scatter", z: level + 1, ...(first ? references(option) : {}),
    data: series.data.map((datum, index) => ({
      value: datum.value,
      symbolSize: series.role === "context" ? 4 : 7,
      itemStyle: { color: datum.soft ? token("paper") : colour, borderColor: colour, borderWidth: datum.soft ? 1.5 : 0, opacity: visible(datum, index) ? 1 : 0 },
      emphasis: { scale: 1.6, itemStyle: { color: colour, opacity: 1 } },
      label: index === series.data.length - 1 ? endLabel(series, narrow) : { show: false },
    })),
    labelLayout: (found) => ({ x: series.ends_early ? found.labelRect.x : width - right + 4, moveOverlap: "shiftY", hideOverlap: series.role === "context" }),
  };
}

// Two strokes where a series breaks.
function breaks(option) {
  return {
    type: "scatter", silent: true, data: option.breaks, symbol: "path://M0,12L4,0L5,0L1,12ZM5,12L9,0L10,0L6,12Z", symbolSize: [10, 12],
    itemStyle: { color: token("quiet") }, z: 6,
  };
}

function endLabel(series, narrow) {
  const words = endWords(series, narrow), name = narrow ? series.short : series.name;
  const context = series.role === "context";
  const rich = { n: { fontWeight: context ? 400 : 600, fontSize: context || narrow ? 13 : 14, color: labelColourOf(series), fontFamily: FONT }, v: { fontSize: 14, color: labelColourOf(series), fontFamily: FONT } };
  const value = words.slice(name.length).trim();
  return { show: !(narrow && context), position: "right", distance: 8, formatter: value ? `{n|${name}} {v|${value}}` : `{n|${name}}`, rich };
}

function references(option) {
  if (!option.references.length) return {};
  return {
    markLine: {
      silent: true, symbol: "none",
      data: option.references.map(({ value, label, kind }) => ({
        yAxis: value, name: label,
        lineStyle: { color: token("ink"), width: 1.2, type: kind === "baseline" ? [2, 3] : [8, 4] },
        label: { show: true, position: "insideStartTop", formatter: label, color: token("ink"), fontWeight: 600, fontFamily: FONT, fontSize: 13, textBorderColor: token("paper"), textBorderWidth: 4 },
      })),
    },
  };
}

// --- pointing, tapping, keys -----------------------------------------------------------------------------

function listen(body, holder, chart, option, { Tip, say, spoken }) {
  const tip = new Tip(body);
  const order = { chosen: 0, region: 1, context: 2 };
  const all = option.series.map((series, index) => ({ ...series, index })).filter((series) => series.type === "scatter");
  const lines = [...all].sort((a, b) => order[a.role] - order[b.role]);
  let at = null;

  const place = (series, index) => chart.convertToPixel({ seriesIndex: series.index }, series.data[index].value);
  const dim = () => chart.dispatchAction({ type: "downplay" });
  const show = (series, index, aloud) => {
    if (at && at.series === series && at.index === index && !aloud) return;
    at = { series, index };
    dim();
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
