// The parts of ECharts that static/page/chart.js uses, and nothing else. Bundled by tools/vendor_assets.py.
// No map, bar or tooltip part: those drawings are the server's SVG, made live by map.js (docs/decisions).
export { use, init } from "echarts/core";
export { LineChart, ScatterChart } from "echarts/charts";
export { GridComponent, MarkLineComponent } from "echarts/components";
export { LabelLayout } from "echarts/features";
export { SVGRenderer } from "echarts/renderers";
