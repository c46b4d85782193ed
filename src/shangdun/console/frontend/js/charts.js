// Charts on pages that plot: `<div class="chart" data-chart="rate" data-url="…" data-every="5">`.
// Drawn on a canvas with colours read from the theme; the numbers stand in a table beside it.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([AriaComponent, BarChart, CanvasRenderer, GridComponent, LegendComponent, LineChart, MarkLineComponent, TooltipComponent]);

const lang = document.documentElement.lang || "en";
const number = new Intl.NumberFormat(lang, { maximumFractionDigits: 1 });
const short = new Intl.NumberFormat(lang, { notation: "compact", maximumFractionDigits: 1 });

function colour(name) {
  // A canvas cannot read oklch from a variable of the sheet in every browser: let CSS resolve it.
  const probe = document.createElement("span");
  probe.className = `text-${name}`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  const dot = new OffscreenCanvas(1, 1).getContext("2d");
  dot.fillStyle = value;
  dot.fillRect(0, 0, 1, 1);
  const [r, g, b] = dot.getImageData(0, 0, 1, 1).data;
  return `rgb(${r},${g},${b})`;
}

function frame() {
  const soft = colour("soft");
  const line = colour("line");
  const font = getComputedStyle(document.body).fontFamily;
  const axis = { axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, axisLabel: { color: soft, fontFamily: font, hideOverlap: true } };
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 250,
    textStyle: { fontFamily: font },
    grid: { left: 4, right: 12, top: 14, bottom: 2, containLabel: true },
    tooltip: {
      trigger: "axis", renderMode: "richText", confine: true, backgroundColor: colour("surface"), borderColor: line, padding: [8, 12],
      textStyle: { color: colour("ink"), fontFamily: font, fontSize: 13 }, valueFormatter: (value) => number.format(value),
      axisPointer: { lineStyle: { color: soft }, shadowStyle: { opacity: 0.3 } },
    },
    xAxis: { type: "category", ...axis },
    yAxis: { type: "value", minInterval: 1, splitNumber: 3, ...axis, axisLine: { show: false }, axisLabel: { ...axis.axisLabel, formatter: (v) => short.format(v) }, splitLine: { lineStyle: { color: line } } },
  };
}

const kinds = {
  rate(data) {
    const base = frame();
    const tone = colour("primary");
    return {
      ...base,
      xAxis: { ...base.xAxis, data: data.labels, boundaryGap: false },
      series: [{ type: "line", name: data.name, data: data.values, showSymbol: false, smooth: 0.25, lineStyle: { color: tone, width: 2 }, itemStyle: { color: tone }, areaStyle: { color: tone, opacity: 0.12 } }],
    };
  },
  risk(data) {
    const base = frame();
    const tone = colour("fill-high");
    return {
      ...base,
      xAxis: { ...base.xAxis, data: data.labels, boundaryGap: false },
      series: [{
        type: "line", name: data.name, data: data.values, showSymbol: false, lineStyle: { color: tone, width: 2 }, itemStyle: { color: tone }, areaStyle: { color: tone, opacity: 0.12 },
        markLine: { silent: true, symbol: "none", animation: false, lineStyle: { color: colour("soft"), type: "dashed" }, label: { show: false }, data: [{ yAxis: data.threshold }] },
      }],
    };
  },
  // Several figures over time; `axis: 1` is measured on the right. What is not known is a gap.
  // A `unit` of per cent is drawn up to the whole, and said.
  lines(data) {
    const base = frame();
    const right = data.series.some((one) => one.axis);
    const left = data.unit === "%" ? { ...base.yAxis, min: 0, max: 100, interval: 25, axisLabel: { ...base.yAxis.axisLabel, formatter: (v) => `${v}%` } } : base.yAxis;
    return {
      ...base,
      grid: { ...base.grid, top: data.series.length > 1 ? 34 : 14 },
      legend: data.series.length > 1 ? { type: "scroll", top: 0, right: 0, left: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, itemGap: 16, textStyle: { color: base.xAxis.axisLabel.color } } : undefined,
      xAxis: { ...base.xAxis, data: data.labels, boundaryGap: false },
      yAxis: right ? [left, { ...base.yAxis, splitLine: { show: false } }] : left,
      tooltip: data.unit ? { ...base.tooltip, valueFormatter: (value) => (value == null ? "—" : `${number.format(value)}${data.unit}`) } : base.tooltip,
      series: data.series.map(({ name, key, values, axis }) => ({
        type: "line", name, data: values, yAxisIndex: axis ? 1 : 0, showSymbol: values.length < 3, lineStyle: { color: colour(key), width: 2 }, itemStyle: { color: colour(key) },
      })),
    };
  },
  // How probable a year with more than a loss is: money on a logarithmic axis, per cent of years.
  exceedance(data) {
    const base = frame();
    return {
      ...base,
      grid: { ...base.grid, top: innerWidth < 640 ? 56 : 34, right: 18 },
      legend: { top: 0, right: 0, left: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, itemGap: 16, textStyle: { color: base.xAxis.axisLabel.color } },
      xAxis: { ...base.xAxis, type: "log", axisLabel: { ...base.xAxis.axisLabel, formatter: (v) => short.format(v) }, splitLine: { show: false } },
      yAxis: { ...base.yAxis, min: 0, max: 100, interval: 25, axisLabel: { ...base.yAxis.axisLabel, formatter: (v) => `${v}%` } },
      tooltip: { ...base.tooltip, valueFormatter: (value) => `${number.format(value)}%`, axisPointer: { ...base.tooltip.axisPointer, label: { formatter: ({ value }) => short.format(value) } } },
      series: data.series.map(({ name, key, values }) => ({ type: "line", name, data: values, showSymbol: false, lineStyle: { color: colour(key), width: 2 }, itemStyle: { color: colour(key) } })),
    };
  },
  histogram(data) {
    const base = frame();
    return {
      ...base,
      tooltip: { ...base.tooltip, axisPointer: { type: "shadow" } },
      xAxis: { ...base.xAxis, data: data.labels },
      series: [{ type: "bar", name: data.name, data: data.values, barMaxWidth: 26, barCategoryGap: "12%", itemStyle: { color: colour("primary"), borderRadius: 1 } }],
    };
  },
  severity(data) {
    const base = frame();
    return {
      ...base,
      grid: { ...base.grid, top: 34 },
      legend: { type: "scroll", top: 0, right: 0, left: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, itemGap: 16, textStyle: { color: base.xAxis.axisLabel.color } },
      tooltip: { ...base.tooltip, axisPointer: { type: "shadow" } },
      xAxis: { ...base.xAxis, data: data.labels },
      series: data.series.map(({ name, key, values }) => ({ type: "bar", stack: "all", name, data: values, barMaxWidth: 22, itemStyle: { color: colour(`fill-${key}`), borderRadius: 1 } })),
    };
  },
};

class Chart {
  constructor(box) {
    this.box = box;
    this.every = Number(box.dataset.every || 0) * 1000;
    this.chart = echarts.init(box);
    this.tag = "";
    new ResizeObserver(() => this.chart.resize()).observe(box);
    this.load();
    if (this.every) this.beat = setInterval(() => { if (!document.hidden) this.load(); }, this.every);
    // A bar of time is a way into it.
    this.chart.on("click", ({ dataIndex }) => {
      if (this.data?.starts) document.dispatchEvent(new CustomEvent("shangdun:span", { detail: { start: this.data.starts[dataIndex], step: this.data.step } }));
    });
  }

  async load() {
    try {
      const answer = await fetch(this.box.dataset.url, { headers: this.tag ? { "If-None-Match": this.tag } : {} });
      if (answer.status === 200 && !answer.redirected) {
        this.tag = answer.headers.get("ETag") ?? "";
        this.data = await answer.json();
        this.draw();
        if (this.data.done) clearInterval(this.beat);
      }
      this.box.classList.toggle("stale", answer.status >= 400);
    } catch {
      this.box.classList.add("stale");
    }
    this.box.removeAttribute("aria-busy");
  }

  draw() {
    if (this.data) this.chart.setOption(kinds[this.box.dataset.chart](this.data), { replaceMerge: ["series"] });
  }
}

const charts = [...document.querySelectorAll("[data-chart]")].map((box) => new Chart(box));
const redraw = () => charts.forEach((chart) => chart.draw());
document.addEventListener("shangdun:theme", redraw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
document.fonts.ready.then(redraw);
